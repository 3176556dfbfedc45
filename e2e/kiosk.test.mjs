// A station as it hangs on the floor: it fills the screen, and nothing that a person presses leads out of it.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before } from "node:test";
import { waitUntil } from "../scripts/lib/wait.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { LARGEST, startWindowManager } from "./support/display.mjs";
import { EmbeddedDatabase } from "./support/embedded.mjs";
import { OPERATOR, signIn } from "./support/people.mjs";
import { startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

let desk;
let manager;
let database;
let station;
const step = startStory(() => station);

before(async () => {
  desk = await setUpDesk();
  manager = await startWindowManager(desk);
  const home = path.join(desk.folder, "station");
  database = new EmbeddedDatabase(home);
  station = await startStation(desk, { args: ["--demo", "--kiosk", "--data-dir", home] });
});

after(async () => {
  await station?.close();
  database?.remove();
  await manager?.stop();
  await desk?.clear();
});

step("the page fills the screen, without a title bar", async () => {
  await signIn(station, OPERATOR);
  await station.byTestId("batch-table");
  const { width, height } = LARGEST;
  const size = () => station.driver.executeScript("return [innerWidth, innerHeight]");
  await waitUntil("the page to fill the screen", async () => String(await size()) === String([width, height]));
});

step("the keys that close a window close nothing", async () => {
  const { pid } = station;
  station.chord("alt+F4");
  await waitUntil("the request to be refused", () => station.log().includes("the window of a kiosk stays open"));
  assert.equal(station.pid, pid);
  await station.waitForText("person-name", OPERATOR.name);
});

step("the second button opens no menu of the web view", async () => {
  const { width, height } = LARGEST;
  station.pressAt(width / 2, height / 2, 3);
  // A menu would take the next press for itself.
  const box = await (await station.byTestId("person-menu")).getRect();
  station.pressAt(box.x + box.width / 2, box.y + box.height / 2, 1);
  await station.byTestId("person-menu-open");
});
