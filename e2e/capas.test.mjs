// What keeps a deviation from happening again: planned, done, judged by somebody else, planned anew, and closed with a signature.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startFloor } from "./support/floor.mjs";
import { dayFromNow, QA_HEAD, QA_MANAGER, QA_OPERATOR, sign, signIn, signOut } from "./support/people.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };

let floor;
let postgres;
let station;
let deviation;
let code;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ postgres, station } = floor);
});

after(() => floor?.stop());

const capa = (column) => postgres.query(`SELECT ${column} FROM capas WHERE code = '${code}'`)[0][0];

async function openCapa() {
  await station.clickTestId("menu-capas");
  await station.typeInto("capas-search", code);
  await station.clickTestId(`capa-row-${code}`);
  await station.waitForText("capa", code);
}

async function takeStep(name, reason) {
  await station.clickTestId(`capa-step-${name}`);
  await station.typeInto("change-reason", reason);
}

step("an action is opened from a deviation, with an owner and a day", async () => {
  await signIn(station, QA_OPERATOR);
  [[deviation]] = postgres.query(
    "SELECT code FROM deviations WHERE status = 'Open' AND plant_id = 'plant-a' ORDER BY code LIMIT 1",
  );
  await station.clickTestId("menu-deviations");
  await station.typeInto("deviations-search", deviation);
  await station.clickTestId(`deviation-row-${deviation}`);
  await station.clickTestId("deviation-step-begin_investigation");
  await station.typeInto("change-reason", "Taken on at the start of the shift");
  await station.clickTestId("record-step-take");
  await station.waitForText("deviation-status", "Investigation");
  await station.clickTestId("deviation-step-open_capa");
  await station.typeInto("capa-title", "Move the deliveries to the lock");
  await station.typeInto("capa-problem", "The door of the booth stands open whenever something is delivered.");
  await station.clickTestId("capa-owner");
  await station.chooseOption(QA_MANAGER.name);
  await station.typeDay("capa-due", dayFromNow(30));
  await station.typeInto("change-reason", "It has happened twice");
  await station.screenshots("capa-new", { light: [SMALL] });
  await station.clickTestId("capa-save");
  await station.waitForNo("capa-sheet");
  await station.clickTestId("tab-capas");
  await station.waitForText("deviation-capas", "Move the deliveries to the lock");
  [[code]] = postgres.query(
    `SELECT c.code FROM capas AS c JOIN deviations AS d ON d.id = c.deviation_id WHERE d.code = '${deviation}'`,
  );
});

step("it is planned, and its owner reports it done and does not judge it", async () => {
  await openCapa();
  await takeStep("begin_investigation", "Looking at the ways of the deliveries");
  await station.clickTestId("record-step-take");
  await station.waitForAttribute("capa-step-plan", "data-blocked", null);
  await takeStep("plan", "Planned with the warehouse");
  await station.typeInto("capa-action", "Deliveries go through the lock; the door of the booth gets an alarm.");
  await station.clickTestId("record-step-take");
  await station.waitForText("capa-fact-action", "go through the lock");
  await signOut(station);
  await signIn(station, QA_MANAGER);
  await openCapa();
  await takeStep("report_done", "The alarm is mounted, the warehouse is trained");
  await station.clickTestId("record-step-take");
  await station.waitForText("capa-step-judge-reason", "own");
  await station.screenshots("capa", ALL_LOOKS);
  assert.equal(capa("status"), "Effectiveness Check");
  await signOut(station);
});

step("[SoD] somebody else finds that it has not helped, and later that it has, and signs", async () => {
  await signIn(station, QA_HEAD);
  await openCapa();
  await takeStep("judge", "The door stood open again on Tuesday");
  await station.clickTestId("judge-not-effective");
  await station.clickTestId("record-step-take");
  await station.waitForText("capa-fact-rounds", "1");
  assert.equal(capa("status"), "Action Plan");
  await signOut(station);
  await signIn(station, QA_MANAGER);
  await openCapa();
  await takeStep("report_done", "The alarm is louder now");
  await station.clickTestId("record-step-take");
  await station.waitForText("capa-step-judge-reason", "own");
  await signOut(station);
  await signIn(station, QA_HEAD);
  await openCapa();
  await takeStep("judge", "Four weeks without an open door");
  await station.clickTestId("judge-effective");
  await station.clickTestId("record-step-take");
  await station.waitForAttribute("capa-step-close", "data-blocked", null);
  await takeStep("close", "It has helped");
  await station.screenshots("capa-signing", { light: [SMALL] });
  await sign(station, QA_HEAD);
  await station.waitForText("record-signatures", QA_HEAD.name);
  assert.equal(capa("status"), "Closed");
});
