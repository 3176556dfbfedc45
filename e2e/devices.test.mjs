// A balance is set up at a station; its weight is recorded with where it comes from, and one that is typed is verified.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { waitUntil } from "../scripts/lib/wait.mjs";
import { SERIAL_NUMBER, startBalance } from "./support/balance.mjs";
import { makeBatch, startFloor } from "./support/floor.mjs";
import { ADMINISTRATOR, atPhase, OPERATOR, openBatch, QA_MANAGER, sign, signIn, signOut } from "./support/people.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const NUMBER = `WGH-${String(new Date().getFullYear() % 100).padStart(2, "0")}-001`;

const weigh = (key, title) => ({
  key,
  title,
  instruction: "Weigh what is in the bin. Wait until the balance is at rest.",
  kind: { type: "value", unit: "kg", places: 2, low: "9.90", target: "10.00", high: "10.10", device: "balance" },
});
const PROCEDURE = {
  product: "Granules for capsules",
  product_code: "WGH010",
  batch_size: "10.00",
  batch_unit: "kg",
  unit_procedures: [
    {
      name: "Weighing",
      operations: [
        {
          name: "Bin",
          phases: [
            weigh("WGH-010", "Weigh the granules"),
            weigh("WGH-020", "Weigh the remainder"),
            { key: "WGH-030", title: "Close the bin", instruction: "Close it.", kind: { type: "confirmation" } },
          ],
        },
      ],
    },
  ],
};

let floor;
let postgres;
let station;
let balance;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ postgres, station } = floor);
  balance = await startBalance("S I");
  await makeBatch(floor, PROCEDURE, NUMBER);
});

after(async () => {
  await floor?.stop();
  await balance?.stop();
});

const entries = () => {
  const own = `SELECT e.entry, e.is_manual FROM phase_entries AS e JOIN production_batches AS b ON b.id = e.batch_id
    WHERE b.batch_number = '${NUMBER}' ORDER BY e.received_at`;
  return postgres.query(own).map(([entry, isManual]) => ({ ...JSON.parse(entry), isManual: isManual === "t" }));
};

step("an operator finds no balance, and is told who adds one", async () => {
  await signIn(station, OPERATOR);
  await openBatch(station, NUMBER);
  await atPhase(station, 1);
  await station.waitForText("device-none", "adds one in the settings");
  await station.screenshots("device-none", { light: [SMALL] });
  await station.clickTestId("person-menu");
  await station.clickTestId("menu-settings");
  await station.waitForText("devices-none", "No balance is set up at this station.");
  assert.deepEqual(await station.allByTestId("devices-form"), []);
  await signOut(station);
});

step("the administrator sets the balance up, after it has answered", async () => {
  await signIn(station, ADMINISTRATOR);
  await station.clickTestId("person-menu");
  await station.clickTestId("menu-settings");
  await station.clickTestId("devices-add");
  await station.typeInto("device-code-0", "BAL-02");
  await station.typeInto("device-address-0", "tcp://127.0.0.1:1");
  await station.clickTestId("device-try-0");
  await station.waitForText("device-silent-0", "cannot be reached");
  await station.typeInto("device-address-0", balance.address);
  balance.shows = "S S      0.00 kg";
  await station.clickTestId("device-try-0");
  await station.waitForText("device-answers-0", `serial number ${SERIAL_NUMBER}, 0.00 kg`);
  await station.clickTestId("devices-save");
  await station.waitForText("devices-saved", "kept");
  await station.screenshots("devices", ALL_LOOKS);
  await signOut(station);
});

step("a balance that is not at rest says so, and a weight says where it comes from", async () => {
  balance.shows = "S I";
  await signIn(station, OPERATOR);
  await openBatch(station, NUMBER);
  await atPhase(station, 1);
  await station.waitForText("primary-action", "Read BAL-02");
  await station.screenshots("device-waiting", ALL_LOOKS);
  await station.clickTestId("primary-action");
  await station.waitForText("device-failed", "has not come to rest");
  await station.screenshots("device-failed", { light: [SMALL] });
  balance.shows = "S S     10.02 kg";
  await station.clickTestId("primary-action");
  await station.waitForText("device-source", `From BAL-02 (serial number ${SERIAL_NUMBER}), 10.02 kg`);
  await station.waitForText("primary-action", "Confirm value");
  await station.screenshots("device-read", ALL_LOOKS);
  await station.clickTestId("primary-action");
  await atPhase(station, 2);
  await waitUntil("the weight to arrive", () => entries().length === 1);
  const [entry] = entries();
  assert.deepEqual(
    [entry.value, entry.reading.device, entry.reading.serial_number, entry.reading.line, entry.isManual],
    ["10.02", "BAL-02", SERIAL_NUMBER, "S S     10.02 kg", false],
  );
  await station.clickTestId("phase-row-1");
  await station.waitForText("entry-source", `From BAL-02, serial number ${SERIAL_NUMBER}, which showed 10.02 kg`);
});

step("[A11-6] a weight that is typed asks for a reason and waits for a second person", async () => {
  await station.clickTestId("phase-row-2");
  await station.clickTestId("device-type-instead");
  await station.waitForText("typed-notice", "a second person verifies it");
  await station.typeInto("number-input", "9.98");
  await station.screenshots("device-typed", ALL_LOOKS);
  await station.clickTestId("primary-action");
  await station.waitForText("decision-statement", "9.98 kg is typed and not read from the balance");
  await station.typeInto("decision-reason", "The balance is being moved.");
  await station.clickTestId("decision-keep");
  await waitUntil("the typed weight to arrive", () => entries().length === 2);
  assert.deepEqual([entries()[1].isManual, entries()[1].reading], [true, undefined]);
  await station.waitForAttribute("phase-row-2", "data-state", "approval");
  await signOut(station);
  await signIn(station, QA_MANAGER);
  await openBatch(station, NUMBER);
  await station.clickTestId("phase-row-2");
  await station.waitForText("looked-at", "9.98 kg");
  await station.clickTestId("primary-action");
  await sign(station, QA_MANAGER);
  await waitUntil("the verification to arrive", () => entries().length === 3);
  const [[status]] = postgres.query(
    "SELECT p.status FROM batch_phases AS p JOIN production_batches AS b ON b.id = p.batch_id " +
      `WHERE b.batch_number = '${NUMBER}' AND p.number = 2`,
  );
  assert.equal(status, "Completed");
  const [[kind]] = postgres.query("SELECT kind FROM batch_exceptions WHERE kind = 'manual'");
  assert.equal(kind, "manual");
});
