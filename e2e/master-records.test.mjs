// A new version of a master batch record: written by one person, approved by another, effective in the place of the first.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startFloor } from "./support/floor.mjs";
import { PRODUCTION_HEAD, QA_HEAD, sign, signIn, signOut } from "./support/people.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const FIRST = "master-row-MET500-1";
const SECOND = "master-row-MET500-2";

let floor;
let postgres;
let station;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ postgres, station } = floor);
});

after(() => floor?.stop());

const versions = () =>
  postgres.query(
    "SELECT version, status FROM master_batch_records WHERE plant_id = 'plant-a' AND product_code = 'MET500' ORDER BY version",
  );

async function replace(id, text) {
  await station.typeInto(id, "");
  await station.typeInto(id, text);
}

step("[S88-1] the production head reads the effective version and begins the next one from it", async () => {
  await signIn(station, PRODUCTION_HEAD);
  await station.clickTestId("menu-master-records");
  await station.byTestId(FIRST);
  await station.screenshots("master-records", ALL_LOOKS);
  await station.clickTestId(FIRST);
  await station.waitForText("phase-DRY-040", "Limits 1.00 to 2.50 %");
  await station.screenshots("master-record", ALL_LOOKS);
  await station.clickTestId("master-new-version");
  await station.typeInto("change-reason", "Limits after the validation of the dryer");
  await station.clickTestId("new-version-save");
  await station.byTestId("editor");
});

step("[S88-1] a limit below the other one is said beside the field and in the tree, and mended", async () => {
  await station.clickTestId("tree-DRY-040");
  await replace("field-high", "0.90");
  await station.waitForAttribute("tree-DRY-040", "data-faults", "1");
  await station.clickTestId("tree-head");
  await station.screenshots("master-editor-fault", ALL_LOOKS);
  await station.clickTestId("editor-faults");
  await station.clickTestId("fault-limits_crossed");
  await station.waitForNo("faults-sheet-close");
  await replace("field-high", "2.00");
  await station.waitForAttribute("tree-DRY-040", "data-faults", "0");
});

step("[S88-1] a phase is added that is executed on a condition, and seen as the operator will see it", async () => {
  await station.clickTestId("part-add");
  await station.clickTestId("part-add-phase");
  await station.typeInto("field-title", "Dry again");
  await replace("field-only_if", "{DRY-040} > 1.80[%]");
  // What is not said yet is a fault as well.
  await station.waitForAttribute("editor-faults", "data-count", "1");
  await station.typeInto("field-instruction", "Dry for another ten minutes at 60 °C.");
  await replace("field-key", "DRY-045");
  await station.waitForAttribute("editor-faults", "data-count", "0");
  await station.screenshots("master-editor", ALL_LOOKS);
  await station.clickTestId("editor-preview");
  await station.waitForText("preview-panel", "Dry for another ten minutes at 60 °C.");
  await station.screenshots("master-preview");
  await station.clickTestId("editor-preview");
});

step("unsaved text is not left without a question, and is saved with a reason", async () => {
  await station.clickTestId("editor-back");
  await station.clickTestId("leave-stay");
  await station.waitForNo("leave-stay");
  await station.clickTestId("editor-save");
  await station.typeInto("change-reason", "Drying narrowed, second drying added");
  await station.clickTestId("save-press");
  await station.waitForAttribute("editor-state", "data-changed", "false");
  await station.waitForNo("save-press");
  await station.clickTestId("editor-back");
  await station.waitForText("phase-DRY-045", "only if {DRY-040} > 1.80[%]");
});

step("[S88-2] [P11-200-1] the author signs the submission with both components", async () => {
  await station.clickTestId("master-step-submit");
  await station.typeInto("change-reason", "Ready for review");
  await station.byTestId("signature-email");
  await station.screenshots("master-submit");
  await sign(station, PRODUCTION_HEAD);
  await station.waitForText("master-status", "In review");
  assert.deepEqual(versions(), [
    ["1", "Effective"],
    ["2", "In Review"],
  ]);
  await signOut(station);
});

step("[S88-2] [SoD] the QA head reads what is different, approves it and makes it effective", async () => {
  await signIn(station, QA_HEAD);
  await station.clickTestId("menu-master-records");
  await station.clickTestId(SECOND);
  await station.clickTestId("tab-compare");
  await station.waitForText("change-DRY-040", /2\.50[\s\S]*2\.00/);
  await station.waitForText("change-DRY-045", "Dry again");
  await station.screenshots("master-compare", ALL_LOOKS);
  await station.clickTestId("master-step-approve");
  await station.typeInto("change-reason", "Checked against the validation report");
  await sign(station, QA_HEAD);
  await station.waitForText("master-status", "Approved");
  await station.waitForNo("signature-sign");
  await station.clickTestId("master-step-make_effective");
  await station.typeInto("change-reason", "From the next batch on");
  await station.screenshots("master-effective");
  await station.clickTestId("step-take");
  await station.waitForText("master-status", "Effective");
  await station.waitForNo("step-take");
});

step("[P11-50] [P11-70] both signatures stand on the version with name, meaning and time", async () => {
  await station.clickTestId("tab-signatures");
  await station.waitForText("master-signatures", PRODUCTION_HEAD.name);
  const text = await station.textOf("master-signatures");
  assert.match(text, /John Smith[\s\S]*performed[\s\S]*Raj Patel[\s\S]*approved/);
  assert.equal((await station.allByTestId("signature-of-other")).length, 0);
  await station.screenshots("master-signatures");
});

step("[S88-2] the list shows the first version superseded: one is effective", async () => {
  await station.clickTestId("master-back");
  await station.waitForText(FIRST, "Superseded");
  await station.waitForText(SECOND, "Effective");
  await station.screenshots("master-records-superseded");
  assert.deepEqual(versions(), [
    ["1", "Superseded"],
    ["2", "Effective"],
  ]);
});
