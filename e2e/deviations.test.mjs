// A value out of its limits stops what depends on it: three people of quality assurance decide, and the operator goes on.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startFloor } from "./support/floor.mjs";
import {
  atPhase,
  OPERATOR,
  openBatch,
  QA_HEAD,
  QA_MANAGER,
  QA_OPERATOR,
  sign,
  signIn,
  signOut,
} from "./support/people.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { brokenLinks, effectiveEntries } from "./support/trail.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };

let floor;
let postgres;
let station;
let batch;
let code;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ postgres, station } = floor);
});

after(() => floor?.stop());

const statusOf = () => postgres.query(`SELECT status FROM deviations WHERE code = '${code}'`)[0][0];

async function openDeviation() {
  await station.clickTestId("menu-deviations");
  await station.typeInto("deviations-search", code);
  await station.clickTestId(`deviation-row-${code}`);
  await station.byTestId("deviation-head");
}

async function takeStep(name, reason) {
  await station.clickTestId(`deviation-step-${name}`);
  await station.typeInto("change-reason", reason);
}

step(
  "[S88-4] an operator keeps a value out of its limits, and the next step is held with a clear sentence",
  async () => {
    await signIn(station, OPERATOR);
    [[batch]] = postgres.query(
      "SELECT batch_number FROM production_batches WHERE status = 'Planned' AND plant_id = 'plant-a' ORDER BY 1",
    );
    await openBatch(station, batch);
    await atPhase(station, 1);
    await station.clickTestId("primary-action");
    await atPhase(station, 2);
    await station.clickTestId("primary-action");
    await sign(station, OPERATOR);
    await atPhase(station, 3);
    await station.typeInto("number-input", "26.5");
    await station.clickTestId("primary-action");
    await station.typeInto("decision-reason", "The door of the booth stood open for the delivery.");
    await station.clickTestId("decision-keep");
    await station.waitForAttribute("receipt-words", "data-state", "accepted_with_deviation");
    await atPhase(station, 4);
    [[code]] = postgres.query(`
    SELECT deviation.code FROM deviations deviation JOIN production_batches batch ON batch.id = deviation.batch_id
    WHERE batch.batch_number = '${batch}'`);
    await station.waitForText("phase-obstacle", code);
    await station.waitForText("phase-obstacle", "This step opens by itself once the deviation is closed");
    assert.equal((await station.allByTestId("primary-action")).length, 0);
    await station.waitForAttribute("phase-row-4", "data-state", "waiting");
    await station.waitForText("phase-row-4", code);
    await station.screenshots("execution-held", ALL_LOOKS);
    await signOut(station);
  },
);

step("quality assurance investigates, and may not leave anything out", async () => {
  await signIn(station, QA_OPERATOR);
  await station.clickTestId("menu-deviations");
  await station.byTestId(`deviation-row-${code}`);
  await station.screenshots("deviations", ALL_LOOKS);
  await openDeviation();
  await station.waitForText("deviation-holds", "disposition");
  await station.clickTestId("tab-evidence");
  await station.waitForText("evidence-entry", "26.5");
  await station.screenshots("deviation-evidence", { light: [SMALL] });
  await takeStep("begin_investigation", "Taken on at the start of the shift");
  await station.clickTestId("record-step-take");
  await station.waitForText("deviation-status", "Investigation");
  await station.waitForText("deviation-step-submit-reason", "root cause");
  await station.clickTestId("deviation-step-edit");
  await station.typeInto("edit-investigation", "The room's record shows 26.5 °C for eleven minutes.");
  await station.typeInto("edit-rootCause", "The door stood open for the delivery of povidone.");
  await station.typeInto("edit-impactAssessment", "None: nothing was open in the booth.");
  await station.clickTestId("edit-disposition");
  await station.chooseOption("Accept as it is");
  await station.typeInto("edit-dispositionReason", "The temperature fell back before the first material was opened.");
  await station.typeInto("edit-noCapaReason", "Deliveries are moved to the lock from next week on anyway.");
  await station.typeInto("change-reason", "Findings of the investigation");
  await station.screenshots("deviation-findings", { light: [SMALL] });
  await station.clickTestId("edit-save");
  await station.waitForNo("edit-sheet");
  await takeStep("submit", "The investigation is complete");
  await station.clickTestId("record-step-take");
  await station.waitForText("deviation-status", "Manager review");
  await station.screenshots("deviation", ALL_LOOKS);
  assert.equal(statusOf(), "Pending Manager Review");
  await signOut(station);
});

step("[P11-50] the manager signs the review, and the QA head the approval that closes it", async () => {
  await signIn(station, QA_MANAGER);
  await openDeviation();
  await takeStep("review", "The investigation holds");
  await station.waitForText("signature-sentence", code);
  await station.screenshots("deviation-signing", { light: [SMALL], te: [SMALL] });
  await sign(station, QA_MANAGER);
  await station.waitForText("deviation-status", "Final approval");
  assert.equal((await station.allByTestId("deviation-step-approve")).length, 0);
  await signOut(station);
  await signIn(station, QA_HEAD);
  await openDeviation();
  await takeStep("approve", "Approved as proposed");
  await sign(station, QA_HEAD);
  await station.waitForText("deviation-status", "Closed");
  await station.waitForNo("deviation-holds");
  await station.clickTestId("tab-deviation-signatures");
  await station.waitForText("record-signatures", QA_HEAD.name);
  assert.equal(statusOf(), "Closed");
  const signatures = postgres.query(`
    SELECT signature.person_name, signature.meaning FROM record_signatures signature
    JOIN deviations deviation ON deviation.id::text = signature.entity_id
    WHERE signature.entity = 'deviations' AND deviation.code = '${code}' ORDER BY signature.signed_at`);
  assert.deepEqual(signatures, [
    [QA_MANAGER.name, "reviewed"],
    [QA_HEAD.name, "approved"],
  ]);
  await signOut(station);
});

step("the operator goes on where it was held", async () => {
  await signIn(station, OPERATOR);
  await openBatch(station, batch);
  await atPhase(station, 4);
  await station.typeInto("number-input", "45");
  await station.clickTestId("primary-action");
  await atPhase(station, 5);
  assert.deepEqual(
    effectiveEntries(postgres, batch).map(({ number }) => number),
    [1, 2, 3, 4],
  );
  assert.deepEqual(brokenLinks(postgres), []);
});
