// What lies outside its limits, at the screen and in PostgreSQL: values, times, lots and signatures.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { waitUntil } from "../scripts/lib/wait.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { atPhase, OPERATOR, openBatch, registerStation, sign, signIn, signOut } from "./support/people.mjs";
import { hashOfRefreshToken, keptSecrets, leaks } from "./support/secrets.mjs";
import { startServer } from "./support/server.mjs";
import { startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { brokenLinks, effectiveEntries } from "./support/trail.mjs";

let desk;
let postgres;
let server;
let station;
let batch;
const step = startStory(() => station);

before(async () => {
  desk = await setUpDesk();
  postgres = await startPostgres();
  server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), prepare: true });
  station = await startStation(desk, { env: { VIRUJ_SERVER_URL: server.url } });
});

after(async () => {
  await station?.close();
  await server?.stop();
  await postgres?.stop();
  await desk?.clear();
});

// The demo's batch that waits before this phase.
function batchBefore(number) {
  const [[found]] = postgres.query(`
    SELECT batch_number FROM production_batches batch
    WHERE status = 'In Progress' AND plant_id = 'plant-a' AND ${number} =
      (SELECT min(number) FROM batch_phases phase WHERE phase.batch_id = batch.id AND status NOT IN ('Completed'))
    ORDER BY 1 LIMIT 1`);
  return found;
}

function deviations(batchNumber) {
  return postgres.query(`
    SELECT deviation.cause, phase.number, deviation.status, deviation.description
    FROM deviations deviation
    JOIN production_batches batch ON batch.id = deviation.batch_id
    JOIN batch_phases phase ON phase.id = deviation.phase_id
    WHERE batch.batch_number = '${batchNumber}' AND deviation.operation_id IN
      (SELECT operation_id FROM operations WHERE station_id IN (SELECT id FROM stations WHERE name = 'Granulation 2'))
    ORDER BY deviation.opened_at`);
}

step("a wrong password signs nothing and says so", async () => {
  await registerStation(station);
  await signIn(station, OPERATOR);
  [[batch]] = postgres.query(
    "SELECT batch_number FROM production_batches WHERE status = 'Planned' AND plant_id = 'plant-a' ORDER BY 1",
  );
  await openBatch(station, batch);
  await atPhase(station, 1);
  await station.clickTestId("primary-action");
  await atPhase(station, 2);
  await station.clickTestId("primary-action");
  await sign(station, { ...OPERATOR, password: "demo124" });
  await station.waitForText("signature-error", "password");
  assert.equal(effectiveEntries(postgres, batch).length, 1);
  await sign(station, OPERATOR);
  await station.waitForNo("signature-password");
  await atPhase(station, 3);
  assert.equal(effectiveEntries(postgres, batch)[1].isSigned, true);
});

step("a value above its limit asks first, and opens a deviation when it is kept", async () => {
  await station.typeInto("number-input", "26.5");
  await station.waitForAttribute("verdict", "data-check", "above");
  await station.clickTestId("primary-action");
  await station.waitForText("decision-statement", "26.5");
  await station.waitForText("decision-statement", "25.0");
  assert.equal(effectiveEntries(postgres, batch).length, 2);
  await station.waitForText("decision-keep-reason", /reason/i);
  await station.clickTestId("decision-back");
  await station.waitForNo("decision");
  await station.typeInto("number-input", "26.5");
  await station.clickTestId("primary-action");
  await station.typeInto("decision-reason", "The door of the booth stood open for the delivery.");
  await station.clickTestId("decision-keep");
  await station.waitForAttribute("receipt-words", "data-state", "accepted_with_deviation");
  assert.deepEqual(effectiveEntries(postgres, batch)[2], {
    number: 3,
    verdict: "accepted_with_deviation",
    person: OPERATOR.name,
    isSigned: false,
  });
  const [[cause, number, status, description], ...others] = deviations(batch);
  assert.deepEqual([cause, number, status, others], ["out_of_limits", "3", "Open", []]);
  assert.match(description, /26\.5/);
});

step("a timer that is stopped too early asks for a reason as well", async () => {
  const timed = batchBefore(15);
  await openBatch(station, timed);
  await station.waitForAttribute("primary-action", "data-timer", "start");
  await station.clickTestId("primary-action");
  await station.waitForAttribute("primary-action", "data-timer", "stop");
  await station.waitForAttribute("timer-figures", "data-running", "true");
  await waitUntil("the timer to count", async () => (await station.textOf("timer-figures")) !== "00:00");
  await station.clickTestId("primary-action");
  await station.typeInto("decision-reason", "The mixer stopped by itself.");
  await station.clickTestId("decision-keep");
  await station.waitForAttribute("receipt-words", "data-state", "accepted_with_deviation");
  assert.deepEqual(
    deviations(timed).map(([cause, number]) => [cause, number]),
    [["timer_out_of_bounds", "15"]],
  );
});

step("a scanned lot goes into its field, wherever the focus is", async () => {
  const charged = batchBefore(6);
  await openBatch(station, charged);
  await atPhase(station, 6);
  await station.typeInto("number-input", "20.00");
  await station.clickTestId("primary-action");
  await atPhase(station, 7);
  await station.byTestId("charge-lot");
  // On a machine that is busy keys may come as slowly as a person's: then they are typing, and the code is scanned again.
  await waitUntil("the scan to be heard", async () => {
    await station.typeInto("number-input", "");
    station.scan("LOT-MET-0417");
    const heard = async () => (await station.allByTestId("scan-accepted")).length > 0;
    return waitUntil("its answer", heard, { seconds: 2 }).catch(() => false);
  });
  await station.waitForText("scan-accepted", "LOT-MET-0417");
  assert.equal(await station.attributeOf("charge-lot", "value"), "LOT-MET-0417");
  assert.equal(await station.attributeOf("number-input", "value"), "");
  const target = /\d+\.\d+/.exec(await station.textOf("number-limits"))[0];
  await station.typeInto("number-input", target);
  await station.clickTestId("primary-action");
  await sign(station, OPERATOR);
  await atPhase(station, 8);
  const [[lot]] = postgres.query(`
    SELECT entry.entry::json ->> 'lot' FROM phase_entries entry JOIN batch_phases phase ON phase.id = entry.phase_id
    JOIN production_batches batch ON batch.id = entry.batch_id
    WHERE batch.batch_number = '${charged}' AND phase.number = 7 AND entry.is_effective`);
  assert.equal(lot, "LOT-MET-0417");
});

step("[SEC-35] no password, token or key stands in any file that the station leaves", () => {
  assert.deepEqual(leaks(desk.folder, new Map([...keptSecrets(desk), ["password", OPERATOR.password]])), []);
});

step("signing out revokes the session at the server and empties the keychain", async () => {
  const hash = hashOfRefreshToken(keptSecrets(desk).get("refresh-token"));
  const session = () =>
    postgres.query(`SELECT revoked_at IS NOT NULL FROM sessions WHERE encode(refresh_hash, 'hex') = '${hash}'`);
  assert.deepEqual(session(), [["f"]]);
  await signOut(station);
  await waitUntil("the session to be revoked", () => session()[0][0] === "t");
  assert.equal(keptSecrets(desk).has("refresh-token"), false);
  await station.restart();
  await station.byTestId("sign-in");
  assert.deepEqual(brokenLinks(postgres), []);
});
