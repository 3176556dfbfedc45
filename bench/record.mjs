// Large batches: printed and sealed, opened on the station's execution screen, reviewed by exception.
import { setUpDesk } from "../e2e/support/desk.mjs";
import { OPERATOR, QA_MANAGER, registerStation, signIn, signOut } from "../e2e/support/people.mjs";
import { startServer } from "../e2e/support/server.mjs";
import { startStation } from "../e2e/support/station.mjs";
import { buildPrograms, buildUi } from "../scripts/lib/build.mjs";
import { figure, percentile } from "../scripts/lib/figures.mjs";
import { binary } from "../scripts/lib/paths.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { run } from "../scripts/lib/run.mjs";
import { addLargeBatch, addWaitingBatches } from "./record/batches.mjs";

const PHASES = 300;
const WAITING = 500;
const LARGE = "LRG-26-001";
const OPENINGS = 5;
const REQUESTS = 100;

const PRINTED = ["record_print", "record_print_memory"];
const SHOWN = ["record_screen", "review_list", "review_batch"];

export async function measure() {
  const programs = () =>
    buildPrograms(["viruj-server", "viruj-station"], { examples: ["print_record"], release: true });
  const built = (await buildUi()).ok && (await programs()).ok;
  if (!built) return [...PRINTED, ...SHOWN];
  const unmeasured = (await measurePrint()) ? [] : PRINTED;
  const done = await measurePlant().catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    return false;
  });
  return done ? unmeasured : [...unmeasured, ...SHOWN];
}

// Each phase signed by two people, with its whole trail.
async function measurePrint() {
  const printed = await run(binary("examples/print_record", "release"), [String(PHASES)], { quiet: true });
  if (!printed.ok) return false;
  const [milliseconds, kilobytes, bytes] = printed.output.trim().split(" ").map(Number);
  figure("record_print", milliseconds / 1000, "s", ["<=", 1]);
  figure("record_print_memory", kilobytes / 1024, "MiB", ["<=", 200]);
  figure("record_print_size", bytes / 1024, "KiB");
  return true;
}

async function measurePlant() {
  const desk = await setUpDesk();
  const postgres = await startPostgres();
  let server;
  try {
    server = await startServer({
      folder: desk.folder,
      databaseUrl: postgres.url(),
      prepare: true,
      profile: "release",
    });
    addLargeBatch(postgres, LARGE, PHASES);
    await measureScreen(desk, server);
    addWaitingBatches(postgres, WAITING);
    await measureReviews(postgres, server);
    return true;
  } finally {
    await server?.stop();
    await postgres.stop();
    await desk.clear();
  }
}

// From the press on the batch in the list to the second frame with its open step. Each time anew: nothing is remembered.
async function measureScreen(desk, server) {
  const station = await startStation(desk, {
    env: { VIRUJ_SERVER_URL: server.url },
    program: binary("viruj-station", "release"),
  });
  try {
    await registerStation(station);
    const times = [];
    for (let count = 0; count < OPENINGS; count += 1) {
      await signIn(station, OPERATOR);
      await station.clickTestId("menu-my-batches");
      await station.typeInto("batches-search", LARGE);
      const row = await station.byTestId(`batch-row-${LARGE}`);
      times.push(await station.driver.executeAsyncScript(OPEN, row, String(PHASES)));
      await signOut(station);
    }
    figure("record_screen", percentile(times, 0.5), "ms", ["<=", 200]);
    figure("record_screen_slowest", Math.max(...times), "ms");
  } finally {
    await station.close();
  }
}

const OPEN = `
  const [row, phase, done] = arguments;
  const begun = performance.now();
  const look = () => {
    const panel = document.querySelector('[data-testid="phase-panel"]');
    if (panel?.dataset.phaseNumber === phase) requestAnimationFrame(() => done(performance.now() - begun));
    else requestAnimationFrame(look);
  };
  row.click();
  look();`;

async function measureReviews(postgres, server) {
  const { email, password } = QA_MANAGER;
  const opened = await fetch(`${server.url}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const headers = { authorization: `Bearer ${(await opened.json()).access_token}` };
  const [[batch]] = postgres.query("SELECT min(id) FROM production_batches WHERE id LIKE 'bench-review-%'");
  const lists = await timesOf(`${server.url}/api/v1/reviews`, headers);
  figure("review_list", percentile(lists, 0.99), "ms", ["<=", 100]);
  const batches = await timesOf(`${server.url}/api/v1/batches/${batch}/review`, headers);
  figure("review_batch", percentile(batches, 0.99), "ms", ["<=", 100]);
}

async function timesOf(url, headers) {
  const times = [];
  for (let count = 0; count < REQUESTS; count += 1) {
    const begun = performance.now();
    const answer = await fetch(url, { headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
    times.push(performance.now() - begun);
  }
  return times;
}
