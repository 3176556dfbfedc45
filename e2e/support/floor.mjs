// A station at a plant server with the demo's data: what most stories begin with.
import { startPostgres } from "../../scripts/lib/postgres.mjs";
import { setUpDesk } from "./desk.mjs";
import { makeMasterEffective } from "./masters.mjs";
import { dayFromNow, OPERATOR, PRODUCTION_HEAD, QA_HEAD, registerStation, signIn, signOut } from "./people.mjs";
import { startServer } from "./server.mjs";
import { startStation } from "./station.mjs";

// What was started before something failed is stopped again.
export async function startFloor() {
  const started = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const desk = await setUpDesk();
    started.push(() => desk.clear());
    const postgres = await startPostgres();
    started.push(() => postgres.stop());
    const server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), prepare: true });
    started.push(() => server.stop());
    const station = await startStation(desk, { env: { VIRUJ_SERVER_URL: server.url } });
    started.push(() => station.close());
    await registerStation(station);
    return { desk, postgres, server, station, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// A procedure that two people have brought to life, for stories that begin with an effective one.
export async function makeEffective({ postgres, server }, procedure) {
  const [[id]] = postgres.query("SELECT id FROM stations WHERE name = 'Granulation 2'");
  await makeMasterEffective(server, { procedure, station: id, author: PRODUCTION_HEAD, approver: QA_HEAD });
}

// Its first batch, made at the screen for the operator; nobody is signed in afterwards.
export async function makeBatch(floor, procedure, number) {
  const { station } = floor;
  await makeEffective(floor, procedure);
  await signIn(station, PRODUCTION_HEAD);
  await station.clickTestId("menu-my-batches");
  await station.clickTestId("batches-new");
  await station.clickTestId("new-batch-product");
  await station.chooseOption(procedure.product_code);
  await station.typeDay("new-batch-first", dayFromNow(0));
  await station.typeDay("new-batch-last", dayFromNow(1));
  await station.clickTestId("new-batch-person");
  await station.chooseOption(OPERATOR.name);
  await station.clickTestId("new-batch-make");
  await station.waitForAttribute("execution", "data-batch", number);
  await signOut(station);
}
