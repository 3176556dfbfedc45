// From master to released batch: written, approved, executed, reviewed by exception, released, and proved by one document.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { ask } from "../scripts/lib/run.mjs";
import { startFloor } from "./support/floor.mjs";
import { approveTests } from "./support/laboratory.mjs";
import {
  atPhase,
  dayFromNow,
  OPERATOR,
  openBatch,
  PRODUCTION_HEAD,
  QA_HEAD,
  QA_MANAGER,
  QA_OPERATOR,
  QC_MANAGER,
  QC_OPERATOR,
  sign,
  signIn,
  signOut,
} from "./support/people.mjs";
import { serverCommand } from "./support/server.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { ANSWERS, TABLETS } from "./support/tablets.mjs";
import { brokenLinks, effectiveEntries } from "./support/trail.mjs";

const [SMALL] = SIZES;
const NUMBER = `GLI-${String(new Date().getFullYear() % 100).padStart(2, "0")}-001`;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const PHASES = 30;

const NO_SUBJECT = "00000000-0000-0000-0000-000000000000";

let floor;
let desk;
let postgres;
let server;
let station;
let deviation;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ desk, postgres, server, station } = floor);
});

after(() => floor?.stop());

const stateOf = () =>
  postgres.query(`SELECT status, qa_release_status FROM production_batches WHERE batch_number = '${NUMBER}'`)[0];

step("[S88-1] the author takes a file over, adds a step in the editor and signs the submission", async () => {
  const file = path.join(desk.folder, "glibenclamide.json");
  const exported = { format: "viruj-master-batch-record", format_version: 1, procedure: TABLETS };
  fs.writeFileSync(file, JSON.stringify(exported));
  await signIn(station, PRODUCTION_HEAD);
  await station.clickTestId("menu-master-records");
  await station.clickTestId("masters-import");
  await (await station.byTestId("import-file")).sendKeys(file);
  await station.typeInto("change-reason", "First version, from the development report");
  await station.clickTestId("import-save");
  await station.clickTestId("master-step-edit");
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
  await station.typeDay("new-batch-first", dayFromNow(0));
  await station.typeDay("new-batch-last", dayFromNow(2));
  await station.clickTestId("new-batch-person");
  await station.chooseOption(OPERATOR.name);
  await station.clickTestId("new-batch-make");
  await station.waitForAttribute("execution", "data-batch", NUMBER);
  await signOut(station);
});

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
  if (day) await station.typeDay("written-text", day);
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
  await atPhase(station, 10);
  await station.clickTestId("phase-row-4");
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
  const executed = new Set(effectiveEntries(postgres, NUMBER).map(({ number }) => number));
  assert.equal(executed.size, PHASES);
  await signOut(station);
});

async function openReview() {
  await station.clickTestId("menu-batch-reviews");
  await station.typeInto("reviews-search", NUMBER);
  await station.clickTestId(`review-row-${NUMBER}`);
  await station.byTestId("review-evidence");
}

async function openDeviation() {
  await station.clickTestId("menu-deviations");
  await station.typeInto("deviations-search", deviation);
  await station.clickTestId(`deviation-row-${deviation}`);
  await station.byTestId("deviation-head");
}

step("[S88-4] quality assurance sees what is out of the ordinary, with its evidence one press away", async () => {
  [[deviation]] = postgres.query(`
    SELECT deviation.code FROM deviations deviation JOIN production_batches batch ON batch.id = deviation.batch_id
    WHERE batch.batch_number = '${NUMBER}'`);
  const [[correction]] = postgres.query("SELECT operation_id FROM phase_entries WHERE corrects IS NOT NULL");
  await signIn(station, QA_OPERATOR);
  await station.clickTestId("menu-batch-reviews");
  await station.byTestId(`review-row-${NUMBER}`);
  await station.screenshots("reviews", ALL_LOOKS);
  await openReview();
  await station.waitForText("review-blockers", deviation);
  await station.waitForText("review-blockers", "Assay (HPLC)");
  await station.waitForText("review-list", /Out of limits[\s\S]*Corrected[\s\S]*Deviation[\s\S]*Audit trail/);
  await station.clickTestId(`review-line-exception-corrected-${correction}`);
  await station.waitForText("review-evidence", /44\.0[\s\S]*47\.5[\s\S]*Read from the display of the other booth/);
  await station.screenshots("review", ALL_LOOKS);
  await station.press("q");
  await station.typeInto("review-ask-text", "Was the display of the other booth marked as such?");
  await station.screenshots("review-ask", { light: [SMALL] });
  await station.clickTestId("review-ask-save");
  await station.waitForText("review-blockers", "Question 1");
});

step("the same person investigates the deviation, which nobody closes alone", async () => {
  await openDeviation();
  await station.clickTestId("deviation-step-begin_investigation");
  await station.typeInto("change-reason", "Taken on with the review");
  await station.clickTestId("record-step-take");
  await station.waitForText("deviation-status", "Investigation");
  await station.clickTestId("deviation-step-edit");
  await station.typeInto("edit-investigation", "Both testers agree; the last drum holds the hard tablets.");
  await station.typeInto("edit-rootCause", "The press ran at its highest force for the last minutes.");
  await station.typeInto("edit-impactAssessment", "Dissolution of the last drum is within its limits.");
  await station.clickTestId("edit-disposition");
  await station.chooseOption("Accept as it is");
  await station.typeInto("edit-dispositionReason", "Hardness has no effect on dissolution here.");
  await station.typeInto("edit-noCapaReason", "The force is limited in the next version of the master.");
  await station.typeInto("change-reason", "Findings of the investigation");
  await station.clickTestId("edit-save");
  await station.waitForNo("edit-sheet");
  await station.clickTestId("deviation-step-submit");
  await station.typeInto("change-reason", "The investigation is complete");
  await station.clickTestId("record-step-take");
  await station.waitForText("deviation-status", "Manager review");
  await signOut(station);
});

step("production answers the question; whoever made the batch judges nothing", async () => {
  await signIn(station, PRODUCTION_HEAD);
  await openBatch(station, NUMBER);
  await station.clickTestId("batch-review");
  await station.clickTestId("review-line-query-1");
  assert.equal((await station.allByTestId("review-accept")).length, 0);
  assert.equal((await station.allByTestId("review-step-release")).length, 0);
  await station.clickTestId("review-step-answer");
  await station.typeInto("review-answer-text", "It was not. Labels hang there since this morning.");
  await station.clickTestId("review-answer-save");
  await station.waitForText("review-query", "Labels hang there");
  await signOut(station);
});

step("[SoD] two more people of quality assurance close the deviation", async () => {
  await signIn(station, QA_MANAGER);
  await openDeviation();
  await station.clickTestId("deviation-step-review");
  await station.typeInto("change-reason", "The investigation holds");
  await sign(station, QA_MANAGER);
  await station.waitForText("deviation-status", "Final approval");
  await signOut(station);
  await signIn(station, QA_HEAD);
  await openDeviation();
  await station.clickTestId("deviation-step-approve");
  await station.typeInto("change-reason", "Approved as proposed");
  await sign(station, QA_HEAD);
  await station.waitForText("deviation-status", "Closed");
  await signOut(station);
});

step("[A11-9] everything out of the ordinary is judged with a comment, the trail of the batch included", async () => {
  await signIn(station, QA_OPERATOR);
  await openReview();
  await station.clickTestId("review-line-query-1");
  await station.clickTestId("review-step-close_query");
  await station.typeInto("change-reason", "Answered, and the cause is removed");
  await sign(station, QA_OPERATOR);
  await station.waitForText("review-query", `Closed by ${QA_OPERATOR.name}`);
  await station.clickTestId(`review-line-exception-trail_not_reviewed-${NO_SUBJECT}`);
  await station.waitForText("review-evidence", "Batch made");
  await station.screenshots("review-trail", { light: [SMALL] });
  const open = () =>
    station.driver.executeScript(
      `return [...document.querySelectorAll('[data-testid^="review-line-"][data-open="true"]')].map((line) => line.dataset.testid)`,
    );
  for (let left = await open(); left.length > 0; left = await open()) {
    const [line] = left;
    await station.clickTestId(line);
    await station.clickTestId("review-accept");
    await station.typeInto("review-accept-text", "Looked at; no effect on the product.");
    await station.clickTestId("review-accept-save");
    await station.waitForAttribute(line, "data-open", "false");
    await station.waitForNo("review-accept-sheet");
  }
  await station.waitForText("review-list", /judged/);
  await station.screenshots("review-judged", { light: [SMALL] });
  await signOut(station);
});

step("[A11-15] a test without a result and a missing review stand against the release", async () => {
  await signIn(station, QA_HEAD);
  await openReview();
  await station.waitForText("review-blockers", /Assay \(HPLC\)[\s\S]*The review of the record is not signed/);
  await station.waitForText("review-step-release-reason", "See below.");
  await signOut(station);
  assert.equal(
    await approveTests(server, postgres, NUMBER, {
      manager: QC_MANAGER,
      analyst: QC_OPERATOR,
      result: { assay_percent: 99.6 },
    }),
    1,
  );
});

step("[P11-50] the manager signs the review, and the QA head the release", async () => {
  await signIn(station, QA_MANAGER);
  await openReview();
  await station.clickTestId("review-step-sign");
  await station.typeInto("change-reason", "The record is complete");
  await station.screenshots("review-signing", { light: [SMALL], te: [SMALL] });
  await sign(station, QA_MANAGER);
  await station.byTestId("review-clear");
  await signOut(station);
  await signIn(station, QA_HEAD);
  await openReview();
  await station.clickTestId("review-step-release");
  await station.waitForText("signature-sentence", "60.00 kg of Glibenclamide Tablets 5 mg");
  await station.typeInto("change-reason", "Made and tested as the master says");
  await sign(station, QA_HEAD);
  await station.waitForText("review-decided", `Released by ${QA_HEAD.name}`);
  await station.screenshots("review-released", ALL_LOOKS);
  assert.deepEqual(stateOf(), ["Completed", "Released"]);
});

step("[P11-70] [S88-3] the documents hold every signature and what 21 CFR 211.188 asks for", async () => {
  await station.clickTestId("review-documents");
  await station.clickTestId("review-documents-write");
  await station.byTestId("review-documents-written");
  await station.screenshots("review-documents", { light: [SMALL] });
  const files = await Promise.all((await station.allByTestId("review-document")).map((file) => file.getText()));
  assert.equal(files.length, 4);
  const json = files.find((file) => file.endsWith(".json"));
  const pdf = files.find((file) => /batch-record.*\.pdf$/.test(file));
  const keys = path.join(desk.folder, "record-keys.txt");
  fs.writeFileSync(keys, serverCommand(["record", "key"], server.env));
  for (const file of [json, pdf]) serverCommand(["record", "verify", "--key", keys, file], {});
  const printed = textOf(pdf);
  const { record } = JSON.parse(fs.readFileSync(json, "utf8"));
  for (const { name, meaning, times } of signaturesOf(record)) {
    const lines = printed.split("\n").filter((line) => line.includes(name) && line.includes(meaning));
    assert.ok(lines.length >= times.length, `${name} ${meaning}: ${lines.length} of ${times.length} in the print`);
    for (const time of times) assert.ok(printed.includes(time), `${name} ${meaning} at ${time}`);
  }
  holdsTheFieldsOf211188(record);
  assert.deepEqual(brokenLinks(postgres), []);
});

function textOf(pdf) {
  const read = ask("pdftotext", ["-layout", pdf, "-"]);
  assert.ok(read.ok, read.error);
  return read.output;
}

// Each name with each meaning, as they print, and the times of the clock in the zone of the signature.
function signaturesOf(record) {
  const all = [
    ...record.master.signatures,
    ...record.phases.flatMap(({ entries }) => entries.map(({ signature }) => signature).filter(Boolean)),
    ...record.review.queries.flatMap(({ signatures }) => signatures),
    ...record.review.signatures,
  ];
  // Two on the master, six on steps, one on the question, two on the batch.
  assert.equal(all.length, 11);
  const found = new Map();
  for (const { person_name: name, meaning, signed_at: at, time_zone: timeZone } of all) {
    const printed = meaning[0].toUpperCase() + meaning.slice(1);
    const time = new Date(at).toLocaleTimeString("en-GB", { timeZone });
    const one = found.get(`${name} ${printed}`) ?? { name, meaning: printed, times: [] };
    one.times.push(time);
    found.set(`${name} ${printed}`, one);
  }
  return found.values();
}

// What a batch production record must hold (21 CFR 211.188), looked for in the one that was made.
function holdsTheFieldsOf211188({ batch, master, phases, deviations, tests, review }) {
  const entries = phases.flatMap(({ entries: recorded }) => recorded);
  const entryOf = (number) => phases[number - 1].entries.at(-1).entry;
  // (a) the accurate reproduction of the master, checked, dated and signed.
  assert.match(master.content_hash, /^[0-9a-f]{64}$/);
  assert.deepEqual(
    master.signatures.map(({ meaning }) => meaning),
    ["performed", "approved"],
  );
  // (b)(1) dates; (2) equipment; (3) and (4) components with their lots and weights.
  for (const entry of entries) assert.ok(!Number.isNaN(Date.parse(entry.recorded_at)));
  assert.deepEqual(entryOf(12), { type: "equipment_used", equipment: "HSM-GLI-02" });
  assert.deepEqual(entryOf(9), { type: "number", value: "49.40", unit: "kg", lot: "LAC-26-0230" });
  // (5) in-process and laboratory results; (6) the area before and after.
  assert.equal(entryOf(30).value, "84");
  assert.deepEqual(
    tests.map(({ test, conclusion }) => [test, conclusion]),
    [["Assay (HPLC)", "passed"]],
  );
  assert.equal(entryOf(1).type, "confirmed");
  // (7) the actual yield and its percentage of the theoretical one.
  assert.deepEqual([entryOf(26).value, entryOf(27).value, entryOf(27).unit], ["59.10", "98.5", "%"]);
  // (8) and (9) containers and labels; (10) samples.
  assert.equal(phases[28].phase.definition.title, "Drums sealed and labelled");
  assert.equal(entryOf(28).container, "GLI-K-014");
  // (11) who performed and who checked; (12) the investigation of what was unexpected.
  const weighed = phases[7].entries.map(({ signature }) => [signature.person_name, signature.meaning]);
  assert.deepEqual(weighed, [
    [OPERATOR.name, "performed"],
    [PRODUCTION_HEAD.name, "verified"],
  ]);
  assert.deepEqual(
    deviations.map(({ code, status }) => [code, status]),
    [[deviation, "Closed"]],
  );
  // 211.192: reviewed by the quality unit before the release.
  assert.deepEqual(
    review.signatures.map(({ meaning }) => meaning),
    ["reviewed", "released"],
  );
  assert.equal(batch.release_status, "Released");
}
