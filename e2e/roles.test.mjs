// Each role sees its own menu and its own lists. The database is the legacy one where it lies beside the clone, else the demo.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { setUpDesk } from "./support/desk.mjs";
import {
  ADMINISTRATOR,
  QC_MANAGER,
  registerStation,
  SECURITY_OFFICER,
  signIn,
  signOut,
  WAREHOUSE_MANAGER,
} from "./support/people.mjs";
import { serverCommand } from "./support/server.mjs";
import { startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const LEGACY = process.env.VIRUJ_LEGACY_DIR;

let desk;
let postgres;
let station;
const step = startStory(() => station);

// A trusted server: the station works on the database itself; a database may hold several plants, so it is registered for one.
before(async () => {
  desk = await setUpDesk();
  postgres = await startPostgres();
  const env = {
    DATABASE_URL: postgres.url(),
    SECRET_KEY: "s".repeat(64),
    VIRUJ_KEY_DIR: path.join(desk.folder, "keys"),
  };
  fs.mkdirSync(env.VIRUJ_KEY_DIR, { mode: 0o700 });
  if (LEGACY) postgres.runFile(path.join(LEGACY, "viruj_erp.sql"));
  serverCommand(["migrate"], env);
  if (!LEGACY) serverCommand(["seed", "demo"], env);
  station = await startStation(desk, { env: { DATABASE_URL: postgres.url() } });
  await registerStation(station);
});

after(async () => {
  await station?.close();
  await postgres?.stop();
  await desk?.clear();
});

async function menu() {
  const texts = await station.driver.executeScript(
    `return [...document.querySelectorAll('[data-testid="side-menu"] a')]
       .map((entry) => [entry.dataset.testid.replace(/^menu-/, ""), entry.innerText.trim()])`,
  );
  await station.byTestId("side-menu");
  return texts;
}

// Every row of the table, by its id, or the honest word that there is none.
async function showsRowsOf(list, sql) {
  await station.clickTestId(`menu-${list}`);
  await station.byTestId(`list-${list}`);
  const ids = postgres.query(sql).map(([id]) => id);
  if (ids.length === 0) {
    await station.byTestId("list-empty");
    return;
  }
  for (const id of ids) await station.byTestId(`list-row-${id}`);
  const shown = await station.driver.executeScript(
    `return document.querySelectorAll('[data-testid^="list-row-"]').length`,
  );
  assert.equal(shown, ids.length);
}

step("a Security Officer sees the gate entries and nothing else", async () => {
  await signIn(station, SECURITY_OFFICER);
  await station.waitForText("person-name", SECURITY_OFFICER.name);
  await station.byTestId("menu-gate-entries");
  assert.deepEqual(await menu(), [["gate-entries", "My Tasks"]]);
  await showsRowsOf("gate-entries", "SELECT id FROM gate_entries WHERE plant_id = 'plant-a'");
  await signOut(station);
});

step("a QC Manager sees samples and tests", async () => {
  await signIn(station, QC_MANAGER);
  await station.waitForText("person-name", QC_MANAGER.name);
  await station.byTestId("menu-quality-samples");
  assert.deepEqual(await menu(), [
    ["quality-samples", "Sample Management"],
    ["quality-tests", "Test Review & Approval"],
    ["deviations", "Investigations"],
    ["audit-trail", "Audit Trails"],
  ]);
  await showsRowsOf("quality-samples", "SELECT id FROM quality_samples");
  await showsRowsOf("quality-tests", "SELECT id FROM quality_tests");
  await signOut(station);
});

step("a Warehouse Manager sees receipts, tests, materials and lots", async () => {
  await signIn(station, WAREHOUSE_MANAGER);
  await station.waitForText("person-name", WAREHOUSE_MANAGER.name);
  await station.byTestId("menu-goods-receipts");
  assert.deepEqual(await menu(), [
    ["goods-receipts", "Inbound (GRN & Receiving)"],
    ["quality-tests", "QC Coordination"],
    ["materials", "Inventory Management"],
    ["lots", "Batch & Bin Management"],
  ]);
  await showsRowsOf("goods-receipts", "SELECT id FROM goods_receipt_notes");
  await showsRowsOf("materials", "SELECT id FROM materials");
  await signOut(station);
});

step("a legacy password hash became Argon2id at the first sign-in, and the others wait", () => {
  const argon = postgres.query("SELECT login_key FROM users WHERE hashed_password LIKE '$argon2id$%' ORDER BY 1");
  // The administrator registered the station.
  const signedIn = [ADMINISTRATOR, SECURITY_OFFICER, QC_MANAGER, WAREHOUSE_MANAGER].map(({ email }) => email).sort();
  if (LEGACY) assert.deepEqual(argon.flat(), signedIn);
  else assert.equal(argon.length, 17);
});
