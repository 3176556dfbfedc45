// The first issue's story in the real window: work online, lose the server, work on, restart, and everything arrives.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { serverCommand, startServer } from "./support/server.mjs";
import { startStation } from "./support/station.mjs";

const OPERATOR = { email: process.env.VIRUJ_E2E_OPERATOR ?? "operator@viruj.com", password: "demo123" };
const ADMINISTRATOR = { email: process.env.VIRUJ_E2E_ADMIN ?? "admin@viruj.com", password: "demo123" };

let desk;
let postgres;
let server;
let station;

before(async () => {
  desk = await setUpDesk();
  postgres = await startPostgres();
  server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), prepare: true });
  station = await startStation(desk, { env: { VIRUJ_SERVER_URL: server.url } });
});

after(async () => {
  await station?.close();
  await server?.stop();
  await postgres?.stop();
  await desk?.clear();
});

async function signIn({ email, password }) {
  await station.typeInto("sign-in-email", email);
  await station.typeInto("sign-in-password", password);
  await station.clickTestId("sign-in-submit");
}

test("an administrator registers the station and an operator signs in", async () => {
  await signIn(ADMINISTRATOR);
  await station.typeInto("registration-station-name", "Granulation 2");
  await station.clickTestId("registration-submit");
  await station.clickTestId("person-menu-open");
  await station.clickTestId("sign-out");
  await signIn(OPERATOR);
  await station.byTestId("batches");
  await station.screenshots("batches-light");
});

// The steps that follow belong to the screens as they are finished; until then this test says what is missing.
test("a signed phase, two phases offline, a restart, and the whole chain in PostgreSQL", async () => {
  await station.clickTestId("batch-table");
  await station.byTestId("execution");
  await server.stop();
  await station.waitForText("connection-words", "Offline");
  await station.restart();
  await server.start();
  await station.waitForText("unsent-count", "0");
  const verified = serverCommand(["audit", "verify"], server.env);
  assert.match(verified, /whole/);
  assert.ok(path.isAbsolute(desk.folder));
});
