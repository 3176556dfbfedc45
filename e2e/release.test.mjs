// From master to released batch: written, approved, executed, reviewed by exception, released, and proved by one document.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { setUpDesk } from "./support/desk.mjs";
import {
  atPhase,
  OPERATOR,
  openBatch,
  PRODUCTION_HEAD,
  QA_HEAD,
  registerStation,
  sign,
  signIn,
  signOut,
} from "./support/people.mjs";
import { startServer } from "./support/server.mjs";
import { SIZES, startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { ANSWERS, TABLETS } from "./support/tablets.mjs";
import { effectiveEntries } from "./support/trail.mjs";

const [SMALL] = SIZES;
const NUMBER = `GLI-${String(new Date().getFullYear() % 100).padStart(2, "0")}-001`;
const PHASES = 30;

let desk;
let postgres;
let server;
let station;
const step = startStory(() => station);

before(async () => {
  desk = await setUpDesk();
  postgres = await startPostgres();
  server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), prepare: true });
  station = await startStation(desk, { env: { VIRUJ_SERVER_URL: server.url } });
  await registerStation(station);
});

after(async () => {
  await station?.close();
  await server?.stop();
  await postgres?.stop();
  await desk?.clear();
});

const stateOf = () =>
  postgres.query(`SELECT status, qa_release_status FROM production_batches WHERE batch_number = '${NUMBER}'`)[0];

step("[S88-1] the author takes a file over, adds a step in the editor and signs the submission", async () => {
  const file = path.join(desk.folder, "glibenclamide.json");
  fs.writeFileSync(file, JSON.stringify(TABLETS));
  await signIn(station, PRODUCTION_HEAD);
  await station.clickTestId("menu-master-records");
  await station.clickTestId("masters-import");
  await (await station.byTestId("import-file")).sendKeys(file);
  await station.typeInto("change-reason", "First version, from the development report");
  await station.clickTestId("import-save");
  await station.clickTestId("master-edit");
  await station.clickTestId("tree-CMP-060");
  await station.clickTestId("part-add");
  await station.clickTestId("part-add-phase");
  await station.typeInto("field-title", "Drums sealed and labelled");
  await station.typeInto("field-instruction", "Count and seal the drums, and hang the quarantine label on each.");
  await station.typeInto("field-key", "CMP-065");
  await station.waitForAttribute("editor-faults", "data-count", "0");
  await station.clickTestId("editor-save");
  await station.typeInto("change-reason", "Sealing the drums added");
  await station.clickTestId("save-press");
  await station.waitForNo("save-press");
  await station.clickTestId("editor-back");
  await station.waitForText("phase-CMP-065", "Drums sealed and labelled");
  await station.clickTestId("master-step-submit");
  await station.typeInto("change-reason", "Ready for review");
  await sign(station, PRODUCTION_HEAD);
  await station.waitForText("master-status", "In review");
  await signOut(station);
});

step("[SoD] another person approves it and makes it effective", async () => {
  await signIn(station, QA_HEAD);
  await station.clickTestId("menu-master-records");
  await station.clickTestId("master-row-GLI005-1");
  await station.clickTestId("master-step-approve");
  await station.typeInto("change-reason", "Checked against the development report");
  await sign(station, QA_HEAD);
  await station.waitForText("master-status", "Approved");
  await station.waitForNo("signature-sign");
  await station.clickTestId("master-step-make_effective");
  await station.typeInto("change-reason", "From the first batch on");
  await station.clickTestId("step-take");
  await station.waitForText("master-status", "Effective");
  await station.waitForNo("step-take");
  await signOut(station);
});

step("production makes a batch of thirty steps and assigns it", async () => {
  await signIn(station, PRODUCTION_HEAD);
  await station.clickTestId("menu-my-batches");
  await station.clickTestId("batches-new");
  await station.clickTestId("new-batch-product");
  await station.chooseOption("GLI005");
  await station.waitForText("new-batch-facts", /60\.00 kg[\s\S]*30/);
  await station.clickTestId("new-batch-person");
  await station.chooseOption(OPERATOR.name);
  await station.clickTestId("new-batch-make");
  await station.waitForAttribute("execution", "data-batch", NUMBER);
  await signOut(station);
});

// The field of a day takes month, day and year; a hyphen leads on to the next.
async function typeDay(text) {
  const [year, month, day] = text.split("-");
  await station.typeInto("written-text", `${month}-${day}-${year}`);
  await station.waitForValue("written-text", text);
}

// Does one step as the list of answers says, and waits until the next one stands there.
async function execute(number, next = number + 1) {
  await atPhase(station, number);
  const { number: measured, lot, text, container, choice, day, timer, signed } = ANSWERS.get(number) ?? {};
  if (lot) await station.typeInto("charge-lot", lot);
  if (measured) await station.typeInto("number-input", measured);
  if (container) await station.typeInto("sample-container", container);
  if (text) await station.typeInto("written-text", text);
  // The first answer is the expected one.
  if (choice) await station.clickTestId("choice-option");
  if (day) await typeDay(day);
  if (timer) {
    await station.waitForAttribute("primary-action", "data-timer", "start");
    await station.clickTestId("primary-action");
    await station.waitForAttribute("primary-action", "data-timer", "stop");
    await station.waitForText("timer-figures", /00:0[1-9]/);
  }
  await station.clickTestId("primary-action");
  if (signed) await sign(station, OPERATOR);
  if (next) await atPhase(station, next);
}

step("[P11-10f] the operator executes up to the step that a second person verifies", async () => {
  await signIn(station, OPERATOR);
  await openBatch(station, NUMBER);
  for (let number = 1; number < 8; number += 1) await execute(number);
  await execute(8, null);
  await station.waitForAttribute("phase-row-8", "data-state", "approval");
  await signOut(station);
});

step("[SoD] a second person verifies it with a signature", async () => {
  await signIn(station, PRODUCTION_HEAD);
  await openBatch(station, NUMBER);
  await station.clickTestId("phase-row-8");
  await atPhase(station, 8);
  await station.clickTestId("primary-action");
  await sign(station, PRODUCTION_HEAD);
  await station.waitForAttribute("phase-row-8", "data-state", "done");
  await signOut(station);
});

step("[PI041-AT] a wrong reading is corrected by another entry, and stays legible", async () => {
  await signIn(station, OPERATOR);
  await openBatch(station, NUMBER);
  await execute(9);
  await station.clickTestId("phase-row-4");
  await atPhase(station, 4);
  await station.clickTestId("correct-entry");
  await station.typeInto("decision-reason", "Read from the display of the other booth.");
  await station.clickTestId("decision-keep");
  await station.byTestId("correction-notice");
  await station.typeInto("number-input", "47.5");
  await station.clickTestId("primary-action");
  await station.waitForNo("correction-notice");
  await station.waitForText("phase-record", /44\.0[\s\S]*47\.5/);
  await station.screenshots("release-correction", { light: [SMALL] });
  await station.clickTestId("phase-row-10");
});

step("[S88-4] the last value is out of its limits: it is kept with a reason and opens a deviation", async () => {
  for (let number = 10; number < PHASES; number += 1) await execute(number);
  await atPhase(station, PHASES);
  await station.typeInto("number-input", "84");
  await station.waitForAttribute("verdict", "data-check", "above");
  await station.clickTestId("primary-action");
  await station.typeInto("decision-reason", "Measured again on a second tester, the same.");
  await station.clickTestId("decision-keep");
  await station.byTestId("batch-all-done");
  assert.deepEqual(stateOf(), ["QC Review", "Pending"]);
  assert.deepEqual(
    effectiveEntries(postgres, NUMBER).map(({ number }) => number),
    Array.from({ length: PHASES }, (_, index) => index + 1),
  );
  await signOut(station);
});
