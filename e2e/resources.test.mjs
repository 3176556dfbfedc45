// What a batch leans on: an expired lot is refused by scan, equipment out of calibration too, until it is calibrated.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { waitUntil } from "../scripts/lib/wait.mjs";
import { setUpDesk } from "./support/desk.mjs";
import {
  atPhase,
  OPERATOR,
  openBatch,
  QA_MANAGER,
  registerStation,
  sign,
  signIn,
  signOut,
  WAREHOUSE_MANAGER,
} from "./support/people.mjs";
import { startServer } from "./support/server.mjs";
import { SIZES, startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { brokenLinks } from "./support/trail.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const BALANCE_BATCH = "BAL-26-0001";

let desk;
let postgres;
let server;
let station;
const step = startStory(() => station);

before(async () => {
  desk = await setUpDesk();
  postgres = await startPostgres();
  server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), prepare: true });
  makeBalanceBatch();
  station = await startStation(desk, { env: { VIRUJ_SERVER_URL: server.url } });
  await registerStation(station);
});

after(async () => {
  await station?.close();
  await server?.stop();
  await postgres?.stop();
  await desk?.clear();
});

// A batch whose first step takes a balance into use.
function makeBalanceBatch() {
  const phase = (key, title, kind) =>
    JSON.stringify({ key, title, instruction: `${title}.`, kind }).replaceAll("'", "''");
  const use = phase("BAL-010", "Take a balance", {
    type: "equipment_use",
    equipment_class: "Balance",
    must_be_clean: true,
  });
  const last = phase("BAL-020", "Close the batch", { type: "confirmation" });
  postgres.query(`
    SELECT set_config('viruj.actor', 'system:test', true), set_config('viruj.reason', 'a batch of the test', true);
    INSERT INTO production_batches (id, product_name, batch_number, status, start_date, quantity, unit, plant_id, assigned_to)
      VALUES ('balance-batch', 'Reference weights', '${BALANCE_BATCH}', 'Planned', now(), 1.00, 'kg', 'plant-a', 'prod-op-1');
    INSERT INTO batch_phases (id, plant_id, batch_id, number, unit_procedure, operation, definition, status)
      VALUES (gen_random_uuid(), 'plant-a', 'balance-batch', 1, 'Weighing', 'Set-up', '${use}', 'Pending'),
             (gen_random_uuid(), 'plant-a', 'balance-batch', 2, 'Weighing', 'End', '${last}', 'Pending');`);
}

// The demo's batch that waits before this phase.
function batchBefore(number) {
  const [[found]] = postgres.query(`
    SELECT batch_number FROM production_batches batch
    WHERE status = 'In Progress' AND plant_id = 'plant-a' AND ${number} =
      (SELECT min(number) FROM batch_phases phase WHERE phase.batch_id = batch.id AND status NOT IN ('Completed'))
    ORDER BY 1 LIMIT 1`);
  return found;
}

// On a machine that is busy keys may come as slowly as a person's: then they are typing, and the code is scanned again.
async function scanInto(field, code) {
  await waitUntil(`${code} to be heard`, async () => {
    await station.typeInto(field, "");
    station.scan(code);
    const heard = async () => (await station.attributeOf(field, "value")) === code;
    return waitUntil("its answer", heard, { seconds: 2 }).catch(() => false);
  });
}

// A date as the field's own calendar would set it: keys depend on the locale of the machine.
async function setDate(id, value) {
  const field = await station.byTestId(id);
  await station.driver.executeScript(
    `const [field, value] = arguments;
     Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
     field.dispatchEvent(new Event("input", { bubbles: true }));`,
    field,
    value,
  );
}

function lotOf(batchNumber, number) {
  return postgres.query(`
    SELECT entry.entry::json ->> 'lot', entry.verdict FROM phase_entries entry
    JOIN batch_phases phase ON phase.id = entry.phase_id
    JOIN production_batches batch ON batch.id = entry.batch_id
    WHERE batch.batch_number = '${batchNumber}' AND phase.number = ${number} AND entry.is_effective`);
}

step("the warehouse sees its lots, and which have run out", async () => {
  await signIn(station, WAREHOUSE_MANAGER);
  await station.clickTestId("menu-lots");
  await station.typeInto("lots-search", "LOT-MET");
  await station.waitForText("lot-row-LOT-MET-0389", "Past its date");
  await station.waitForText("lot-row-LOT-MET-0425", "Quarantine");
  await station.screenshots("lots", ALL_LOOKS);
  await station.clickTestId("lots-new");
  await station.byTestId("lot-field-number");
  await station.screenshots("new-lot", ALL_LOOKS);
  await station.clickTestId("form-cancel");
  await station.waitForNo("new-lot");
  await station.clickTestId("lot-row-LOT-MET-0431");
  await station.byTestId("lot-decide-quarantine");
  assert.equal((await station.allByTestId("lot-decide-approved")).length, 0);
  await station.clickTestId("lot-sheet-close");
  await signOut(station);
});

step("an operator is refused an expired lot by scan, and charges an approved one", async () => {
  const batch = batchBefore(6);
  await signIn(station, OPERATOR);
  await openBatch(station, batch);
  await atPhase(station, 6);
  await station.typeInto("number-input", "20.00");
  await station.clickTestId("primary-action");
  await atPhase(station, 7);
  await scanInto("charge-lot", "LOT-MET-0389");
  await station.waitForText("resource-refused", "Lot LOT-MET-0389 expired on");
  await station.screenshots("lot-refused", ALL_LOOKS);
  const target = /\d+\.\d+/.exec(await station.textOf("number-limits"))[0];
  await station.typeInto("number-input", target);
  await station.waitForText("primary-action-reason", "This lot may not be charged.");
  assert.deepEqual(lotOf(batch, 7), []);
  await scanInto("charge-lot", "LOT-MET-0425");
  await station.waitForText("resource-refused", "is not approved (Quarantine)");
  await scanInto("charge-lot", "LOT-MET-0417");
  await station.waitForNo("resource-refused");
  await station.typeInto("number-input", target);
  await station.clickTestId("primary-action");
  await sign(station, OPERATOR);
  await atPhase(station, 8);
  assert.deepEqual(lotOf(batch, 7), [["LOT-MET-0417", "accepted"]]);
});

step("a balance whose calibration is overdue is refused", async () => {
  await openBatch(station, BALANCE_BATCH);
  await atPhase(station, 1);
  await scanInto("written-text", "BAL-01");
  await station.waitForText("resource-refused", "The calibration of BAL-01 was due on");
  await station.screenshots("equipment-refused", ALL_LOOKS);
  await scanInto("written-text", "FBD-01");
  await station.waitForText("resource-refused", "Equipment FBD-01 is a Fluid-bed dryer.");
  assert.deepEqual(postgres.query("SELECT count(*) FROM equipment_log WHERE act = 'use_begun'"), [["0"]]);
  await signOut(station);
});

step("quality assurance logs the calibration", async () => {
  await signIn(station, QA_MANAGER);
  await station.clickTestId("menu-equipment");
  await station.waitForText("equipment-row-BAL-01", "Overdue since");
  await station.screenshots("equipment", ALL_LOOKS);
  await station.clickTestId("equipment-row-BAL-01");
  await station.waitForAttribute("equipment-calibration", "data-overdue", "true");
  await station.screenshots("equipment-one", ALL_LOOKS);
  await station.clickTestId("equipment-act-calibrated");
  await setDate("act-due", "2027-05-12");
  await station.clickTestId("form-save");
  await station.waitForText("equipment-act-form", "the change needs a reason");
  await station.typeInto("change-reason", "Certificate CAL-26-0311");
  await station.clickTestId("form-save");
  await station.waitForAttribute("equipment-calibration", "data-overdue", "false");
  await station.waitForText("equipment-log", "Certificate CAL-26-0311");
  await station.clickTestId("equipment-sheet-close");
  await station.clickTestId("menu-qualifications");
  await station.byTestId("qualification-row-SOP-DSP-004-prod-op-1");
  await station.screenshots("qualifications", ALL_LOOKS);
  await signOut(station);
});

step("the same balance is taken into use now, and its log tells for what", async () => {
  await signIn(station, OPERATOR);
  await openBatch(station, BALANCE_BATCH);
  await atPhase(station, 1);
  // The calibration comes with the plant's feed.
  await waitUntil("the balance to be fit", async () => {
    await scanInto("written-text", "BAL-01");
    const isFit = async () => (await station.allByTestId("resource-refused")).length === 0;
    return waitUntil("its answer", isFit, { seconds: 3 }).catch(() => false);
  });
  // Keys that came as slowly as a person's have recorded it with their Enter already.
  if ((await station.attributeOf("phase-panel", "data-phase-number")) === "1") {
    await station.clickTestId("primary-action");
  }
  await atPhase(station, 2);
  const [[state, number]] = postgres.query(`
    SELECT state, batch_number FROM equipment JOIN production_batches batch ON batch.id = in_use_for
    WHERE equipment.plant_id = 'plant-a' AND code = 'BAL-01'`);
  assert.deepEqual([state, number], ["Running", BALANCE_BATCH]);
  const log = postgres.query(`
    SELECT act, person_name FROM equipment_log WHERE operation_id IS NOT NULL`);
  assert.deepEqual(log, [["use_begun", OPERATOR.name]]);
  assert.deepEqual(brokenLinks(postgres), []);
});
