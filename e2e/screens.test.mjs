// The screens as pictures under docs/ui, in the sizes, themes and scripts that people use them in; nothing may be cut off.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { By } from "selenium-webdriver";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { waitUntil } from "../scripts/lib/wait.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { atPhase, OPERATOR, openBatch, QC_MANAGER, registerStation, sign, signIn, signOut } from "./support/people.mjs";
import { startServer } from "./support/server.mjs";
import { SIZES, startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const [SMALL] = SIZES;
const LIGHT_AND_DARK = { light: SIZES, dark: [SMALL] };
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };

let desk;
let postgres;
let server;
let station;
const step = startStory(() => station);

before(async () => {
  desk = await setUpDesk();
  postgres = await startPostgres();
  server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), prepare: true });
});

after(async () => {
  await station?.close();
  await server?.stop();
  await postgres?.stop();
  await desk?.clear();
});

// In every picture: no control beyond the window's edge, and nothing that makes the page scroll sideways.
async function picture(name, looks) {
  await station.screenshots(name, looks);
  const outside = await station.driver.executeScript(`
    const { innerWidth: width } = window;
    return [...document.querySelectorAll("button, input, a, [role=radio]")]
      .filter((control) => control.checkVisibility?.() ?? true)
      .map((control) => [control.dataset.testid ?? control.innerText, control.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.left < -1 || box.right > width + 1))
      .map(([name]) => name)
      .concat(document.documentElement.scrollWidth > width ? ["the page scrolls sideways"] : []);`);
  assert.deepEqual(outside, []);
}

step("the first start and the connection settings", async () => {
  station = await startStation(desk);
  await station.byTestId("first-start-demo");
  await picture("first-start", ALL_LOOKS);
  await station.clickTestId("first-start-plant");
  await station.byTestId("plant-name");
  await picture("plant-form", LIGHT_AND_DARK);
  await station.close();
  station = await startStation(desk, { env: { VIRUJ_SERVER_URL: server.url } });
  await registerStation(station);
});

step("signing in, the batches and the settings", async () => {
  await picture("sign-in", ALL_LOOKS);
  await signIn(station, OPERATOR);
  await station.byTestId("batch-table");
  await picture("batches", ALL_LOOKS);
  await station.clickTestId("person-menu");
  await station.clickTestId("menu-settings");
  await station.byTestId("settings-version");
  await picture("settings", LIGHT_AND_DARK);
});

step("searching from anywhere, by keyboard and by scanner", async () => {
  const [[batch, id]] = postgres.query(
    "SELECT batch_number, id FROM production_batches WHERE status = 'Planned' AND plant_id = 'plant-a' ORDER BY 1",
  );
  station.chord("ctrl+k");
  await station.typeInto("search-text", batch);
  await station.byTestId(`search-hit-batch-${id}`);
  await station.typeInto("search-text", "met");
  const lots = By.css('[data-testid^="search-hit-lot-"]');
  await waitUntil("lots beside the batches", async () => (await station.driver.findElements(lots)).length > 1);
  await picture("search", ALL_LOOKS);
  station.chord("Escape");
  await station.clickTestId("search-open");
  await station.byTestId("search-text");
  station.scan(batch);
  await station.waitForAttribute("execution", "data-batch", batch);
});

step("a step with its limits, a decision and a signature", async () => {
  const [[batch]] = postgres.query(
    "SELECT batch_number FROM production_batches WHERE status = 'Planned' AND plant_id = 'plant-a' ORDER BY 1",
  );
  await openBatch(station, batch);
  await atPhase(station, 1);
  await station.clickTestId("primary-action");
  await atPhase(station, 2);
  await station.clickTestId("primary-action");
  await station.byTestId("signature-email");
  await picture("signature-sheet", ALL_LOOKS);
  await sign(station, OPERATOR);
  await atPhase(station, 3);
  await station.typeInto("number-input", "22.4");
  await station.waitForAttribute("verdict", "data-check", "within");
  await picture("execution", { light: SIZES, dark: SIZES, te: SIZES });
  await station.typeInto("number-input", "26.5");
  await station.clickTestId("primary-action");
  await station.byTestId("decision");
  await picture("decision", ALL_LOOKS);
  await station.clickTestId("decision-back");
});

step("offline", async () => {
  await server.stop();
  await station.typeInto("number-input", "22.4");
  await station.clickTestId("primary-action");
  await station.waitForAttribute("unsent-count", "data-count", "1");
  await station.waitForAttribute("connection-status", "data-state", "offline");
  await picture("offline", { light: SIZES, te: [SMALL] });
  await server.start();
  await station.waitForAttribute("unsent-count", "data-count", "0");
});

step("a list for reading", async () => {
  await signOut(station);
  await signIn(station, QC_MANAGER);
  await station.byTestId("list-quality-samples");
  await picture("list", { light: SIZES });
});
