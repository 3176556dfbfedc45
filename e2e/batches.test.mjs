// A batch from its master batch record to its review: made by production, executed along two branches, held and taken off.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { makeEffective, startFloor } from "./support/floor.mjs";
import {
  atPhase,
  dayFromNow,
  OPERATOR,
  openBatch,
  PRODUCTION_HEAD,
  QA_HEAD,
  sign,
  signIn,
  signOut,
} from "./support/people.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { brokenLinks, effectiveEntries } from "./support/trail.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const NUMBER = `BLE-${String(new Date().getFullYear() % 100).padStart(2, "0")}-001`;

const phase = (key, title, kind, more = {}) => ({ key, title, instruction: `${title}.`, kind, ...more });
const part = { type: "value", unit: "kg", places: 2, low: "1.00", target: "25.00", high: "40.00" };

// Two booths weigh at the same time; what they weighed is added up, and a heavy blend is sieved again.
const BLEND = {
  product: "Blend for capsules",
  product_code: "BLE250",
  batch_size: "50.00",
  batch_unit: "kg",
  unit_procedures: [
    {
      name: "Weighing",
      arrangement: "parallel",
      operations: [
        { name: "First booth", phases: [phase("WGH-010", "Weigh the first part", part)] },
        { name: "Second booth", phases: [phase("WGH-020", "Weigh the second part", part)] },
      ],
    },
    {
      name: "Blending",
      operations: [
        {
          name: "Bin blender",
          phases: [
            phase("BLD-010", "Add both parts up", {
              type: "calculation",
              expression: "{WGH-010} + {WGH-020}",
              rounding: "half_up",
              result: { unit: "kg", places: 2 },
            }),
            phase(
              "BLD-020",
              "Sieve the heavy blend again",
              { type: "confirmation" },
              { only_if: "{BLD-010} > 50.00[kg]" },
            ),
            phase(
              "BLD-030",
              "Sieve the light blend once",
              { type: "confirmation" },
              { only_if: "{BLD-010} <= 50.00[kg]" },
            ),
            phase("BLD-040", "Close the blender", { type: "confirmation" }, { signature: "performed" }),
          ],
        },
      ],
    },
  ],
};

let floor;
let postgres;
let server;
let station;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ postgres, server, station } = floor);
  await makeEffective(floor, BLEND);
});

after(() => floor?.stop());

const made = () =>
  postgres.query(`SELECT product_name, status, quantity::text, unit, qa_release_status, bmr_status, master_version::text
    FROM production_batches WHERE batch_number = '${NUMBER}'`);

const states = () =>
  postgres
    .query(`SELECT phase.status FROM batch_phases phase JOIN production_batches batch ON batch.id = phase.batch_id
      WHERE batch.batch_number = '${NUMBER}' ORDER BY phase.number`)
    .map(([status]) => status);

async function weigh(text) {
  await station.typeInto("number-input", text);
  await station.waitForAttribute("verdict", "data-check", "within");
  await station.clickTestId("primary-action");
}

step("[S88-2] production sees what will be made before it makes it, and nothing is made half", async () => {
  await signIn(station, PRODUCTION_HEAD);
  await station.clickTestId("menu-my-batches");
  await station.clickTestId("batches-new");
  await station.clickTestId("new-batch-product");
  await station.chooseOption("MET500");
  await station.waitForText("new-batch-facts", /Version 1[\s\S]*200\.00 kg/);
  await station.screenshots("new-batch", ALL_LOOKS);
  await station.clickTestId("new-batch-product");
  await station.chooseOption("BLE250");
  await station.waitForText("new-batch-facts", /Blend for capsules \(BLE250\)[\s\S]*Version 1[\s\S]*50\.00 kg[\s\S]*6/);
  await station.typeDay("new-batch-first", dayFromNow(1));
  await station.typeDay("new-batch-last", dayFromNow(0));
  await station.clickTestId("new-batch-make");
  await station.waitForText("new-batch-error", "must not lie before");
  assert.deepEqual(made(), []);
});

step("[S88-1] the batch is a frozen copy with a number of its own, assigned to its operator", async () => {
  await station.typeDay("new-batch-first", dayFromNow(0));
  await station.typeDay("new-batch-last", dayFromNow(2));
  await station.clickTestId("new-batch-person");
  await station.chooseOption(OPERATOR.name);
  await station.clickTestId("new-batch-make");
  await station.waitForAttribute("execution", "data-batch", NUMBER);
  await station.waitForText("phase-title", "Weigh the first part");
  assert.deepEqual(made(), [["Blend for capsules", "Planned", "50.00", "kg", "Pending", "Incomplete", "1"]]);
  const frozen =
    postgres.query(`SELECT record.content_hash = master.content_hash AND record.procedure = master.procedure
    FROM batch_records record JOIN production_batches batch ON batch.id = record.batch_id
    JOIN master_batch_records master ON master.id = record.master_record_id WHERE batch.batch_number = '${NUMBER}'`);
  assert.deepEqual(frozen, [["t"]]);
  await station.screenshots("batch-made", ALL_LOOKS);
  await signOut(station);
});

step("[P11-10f] the operator weighs on the second branch first; what joins the branches waits", async () => {
  await signIn(station, OPERATOR);
  await openBatch(station, NUMBER);
  await atPhase(station, 1);
  await station.clickTestId("phase-row-3");
  await station.waitForText("phase-obstacle", /step 1/i);
  await station.clickTestId("phase-row-2");
  await atPhase(station, 2);
  await weigh("24.80");
  await atPhase(station, 1);
  assert.deepEqual(states(), ["Pending", "Completed", "Pending", "Pending", "Pending", "Pending"]);
  await station.screenshots("batch-branches", ALL_LOOKS);
  await signOut(station);
});

step("[PI041-AT] production puts the batch on hold, and says why", async () => {
  await signIn(station, PRODUCTION_HEAD);
  await openBatch(station, NUMBER);
  await station.clickTestId("batch-step-hold");
  await station.clickTestId("batch-step-take");
  await station.waitForText("batch-step-sheet", /needs a reason|reason/i);
  await station.typeInto("change-reason", "The first booth smells of solvent.");
  await station.screenshots("batch-hold-sheet", ALL_LOOKS);
  await station.clickTestId("batch-step-take");
  await station.waitForText("batch-hold", "The first booth smells of solvent.");
  await station.waitForAttribute("batch-status", "data-status", "On Hold");
  // Whoever stops a batch in production does not let it go on.
  assert.equal((await station.allByTestId("batch-step-resume")).length, 0);
  assert.deepEqual(made()[0].slice(1, 5), ["On Hold", "50.00", "kg", "Hold"]);
  await signOut(station);
});

step("[P11-10f] on hold the operator reads why, and can record nothing", async () => {
  await signIn(station, OPERATOR);
  await openBatch(station, NUMBER);
  await station.waitForText("batch-hold", /smells of solvent[\s\S]*Nothing can be recorded until quality assurance/);
  await atPhase(station, 1);
  assert.equal((await station.allByTestId("primary-action")).length, 0);
  await station.screenshots("batch-on-hold", ALL_LOOKS);
  assert.equal(effectiveEntries(postgres, NUMBER).length, 1);
  await signOut(station);
});

step("[SoD] quality assurance takes it off hold, and it goes on where it was", async () => {
  await signIn(station, QA_HEAD);
  await openBatch(station, NUMBER);
  await station.clickTestId("batch-step-resume");
  await station.waitForText("batch-step-sentence", "smells of solvent");
  await station.typeInto("change-reason", "Aired for an hour, measured, no vapour left.");
  await station.clickTestId("batch-step-take");
  await station.waitForNo("batch-hold");
  assert.deepEqual(made()[0].slice(1, 5), ["In Progress", "50.00", "kg", "Pending"]);
  await signOut(station);
});

step("[P11-10f] sum, condition and signature follow from what was weighed", async () => {
  await signIn(station, OPERATOR);
  await openBatch(station, NUMBER);
  await atPhase(station, 1);
  await weigh("24.95");
  await atPhase(station, 3);
  await station.waitForText("calculation-result", "49.75");
  await station.screenshots("batch-calculation", ALL_LOOKS);
  await station.clickTestId("primary-action");
  // Too light for the second sieving: that step is no part of this batch.
  await atPhase(station, 5);
  await station.waitForAttribute("phase-row-4", "data-state", "not_applicable");
  await station.clickTestId("primary-action");
  await atPhase(station, 6);
  await station.clickTestId("primary-action");
  await sign(station, OPERATOR);
  await station.byTestId("batch-all-done");
  assert.deepEqual(states(), ["Completed", "Completed", "Completed", "Not Applicable", "Completed", "Completed"]);
  assert.deepEqual(made()[0].slice(1, 2), ["QC Review"]);
});

step("[PI041-AT] the history says what, who, when and why", async () => {
  await station.clickTestId("batch-history");
  await station.waitForText("batch-events", "Batch made");
  const text = await station.textOf("batch-events");
  assert.match(text, /Step 6[\s\S]*Step 4 Sieve the heavy blend again is no part[\s\S]*Step 3[\s\S]*49\.75 kg/);
  assert.match(
    text,
    /Taken off hold[\s\S]*Raj Patel[\s\S]*no vapour left[\s\S]*Put on hold[\s\S]*John Smith[\s\S]*solvent/,
  );
  assert.match(text, /Step 2 Weigh the second part: 24\.80 kg[\s\S]*David Chen · Granulation 2[\s\S]*Batch made/);
  await station.screenshots("batch-history", ALL_LOOKS);
  await station.clickTestId("batch-history-sheet-close");
  await signOut(station);
});

step("without the server nothing is held, and the sheet says what is missing", async () => {
  await signIn(station, PRODUCTION_HEAD);
  await openBatch(station, NUMBER);
  await server.stop();
  await station.waitForAttribute("connection-status", "data-state", "offline");
  await station.clickTestId("batch-step-hold");
  await station.waitForText("batch-step-take-reason", "cannot be reached");
  await station.screenshots("batch-hold-offline");
  await station.clickTestId("batch-step-cancel");
  await station.clickTestId("batch-history");
  await station.waitForText("batch-history-offline", "lies at the server");
  await station.clickTestId("batch-history-sheet-close");
  await server.start();
  await station.waitForAttribute("connection-status", "data-state", "online");
  assert.deepEqual(brokenLinks(postgres), []);
});
