// The first issue's story in the real window: work online, lose the server, work on, restart, and everything arrives.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { root } from "../scripts/lib/paths.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { OPERATOR, openFoundBatch, registerStation, sign, signIn } from "./support/people.mjs";
import { startServer } from "./support/server.mjs";
import { startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { brokenLinks, effectiveEntries } from "./support/trail.mjs";

// The demo's procedure begins with a confirmation, a signed confirmation and three values.
const PROCEDURE = JSON.parse(fs.readFileSync(path.join(root, "crates/storage/src/demo/metformin.json"), "utf8"));
const PHASES = PROCEDURE.unit_procedures.flatMap((part) => part.operations).flatMap((operation) => operation.phases);

const step = startStory(() => station);
let desk;
let postgres;
let server;
let station;
let batch;

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

async function recordValue(number) {
  await station.waitForAttribute("phase-panel", "data-phase-number", String(number));
  await station.typeInto("number-input", PHASES[number - 1].kind.target);
  await station.clickTestId("primary-action");
}

step("an administrator registers the station", async () => {
  await registerStation(station);
});

step("an operator signs in and sees the batches", async () => {
  await signIn(station, OPERATOR);
  const planned = postgres.query(
    "SELECT batch_number FROM production_batches WHERE status = 'Planned' AND plant_id = (SELECT plant_id FROM stations LIMIT 1) ORDER BY 1",
  );
  batch = planned[0][0];
  await station.typeInto("batches-search", batch);
  await station.byTestId(`batch-row-${batch}`);
});

step("a phase is executed and one is signed online", async () => {
  await openFoundBatch(station, batch);
  await station.waitForAttribute("phase-panel", "data-phase-number", "1");
  await station.clickTestId("primary-action");
  await station.waitForAttribute("phase-panel", "data-phase-number", "2");
  await station.clickTestId("primary-action");
  await sign(station, OPERATOR);
  await station.waitForAttribute("receipt-words", "data-state", "accepted");
  await station.waitForText("signature-stamp-name", OPERATOR.name);
  assert.deepEqual(effectiveEntries(postgres, batch), [
    { number: 1, verdict: "accepted", person: OPERATOR.name, isSigned: false },
    { number: 2, verdict: "accepted", person: OPERATOR.name, isSigned: true },
  ]);
});

step("[A11-16] without the server two more phases are saved on the station", async () => {
  await server.stop();
  await recordValue(3);
  await recordValue(4);
  await station.waitForAttribute("unsent-count", "data-count", "2");
  await station.waitForText("connection-words", /Offline/);
  assert.equal(effectiveEntries(postgres, batch).length, 2);
});

step("[A11-16] after a restart they are still there and arrive once when the server is back", async () => {
  await station.restart();
  await station.waitForAttribute("unsent-count", "data-count", "2");
  await station.waitForText("person-name", OPERATOR.name);
  await server.start();
  await station.waitForAttribute("unsent-count", "data-count", "0");
  const entries = effectiveEntries(postgres, batch);
  assert.deepEqual(
    entries.map(({ number, verdict, isSigned }) => [number, verdict, isSigned]),
    [
      [1, "accepted", false],
      [2, "accepted", true],
      [3, "accepted", false],
      [4, "accepted", false],
    ],
  );
});

step("[P11-10e] the chain in PostgreSQL is whole", () => {
  assert.deepEqual(brokenLinks(postgres), []);
});
