// What the page's own process takes with it when it ends: nothing that was recorded, and nobody's session.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before } from "node:test";
import { waitUntil } from "../scripts/lib/wait.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { EmbeddedDatabase } from "./support/embedded.mjs";
import { OPERATOR, signIn } from "./support/people.mjs";
import { startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

let desk;
let database;
let station;
const step = startStory(() => station);

before(async () => {
  desk = await setUpDesk();
  const home = path.join(desk.folder, "station");
  database = new EmbeddedDatabase(home);
  station = await startStation(desk, { args: ["--demo", "--data-dir", home] });
});

after(async () => {
  await station?.close();
  database?.remove();
  await desk?.clear();
});

step("an operator is signed in", async () => {
  await signIn(station, OPERATOR);
  await station.byTestId("batch-table");
  assert.equal(station.pages().length, 1);
});

step("the page's process is killed: the page is loaded again and shows the operator's screen", async () => {
  await station.losePage();
  await waitUntil("the page to be painted again", () => station.log().includes("painted again"));
});

step("what is asked of the station afterwards is answered as before: the operator is signed in", async () => {
  await station.restart();
  await station.waitForText("person-name", OPERATOR.name);
  await station.byTestId("batch-table");
});
