// Signing in with the company account: a real OpenID provider, and a browser that signs in at its pages.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { root } from "../scripts/lib/paths.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { startIdentityProvider } from "./support/identity-provider.mjs";
import { OPERATOR, QC_MANAGER, registerStation, signIn, signOut } from "./support/people.mjs";
import { startServer } from "./support/server.mjs";
import { SIZES, startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const [SMALL] = SIZES;
const step = startStory(() => station);
let desk;
let postgres;
let provider;
let server;
let station;

// Who signs in in the browser next; the system's browser reads it when it opens.
const nextPerson = (email) => fs.writeFileSync(path.join(desk.folder, "next-person"), email);

// The desk's own browser, as a desktop names one: xdg-open asks for it.
function setUpBrowser() {
  const browser = path.join(desk.folder, "browser");
  const page = path.join(root, "crates/server/tests/support/browser.mjs");
  const next = path.join(desk.folder, "next-person");
  const lines = [
    "#!/bin/sh",
    `[ "$(cat "${next}")" = nobody ] && exit 0`,
    `VIRUJ_TEST_LOGIN=$(cat "${next}") exec "${process.execPath}" "${page}" "$1"`,
  ];
  fs.writeFileSync(browser, `${lines.join("\n")}\n`, { mode: 0o755 });
  const applications = path.join(desk.env.XDG_DATA_HOME, "applications");
  fs.mkdirSync(applications, { recursive: true });
  const entry = ["[Desktop Entry]", "Type=Application", "Name=Browser", `Exec=${browser} %u`];
  fs.writeFileSync(path.join(applications, "browser.desktop"), `${entry.join("\n")}\n`);
  const defaults = ["[Default Applications]", "x-scheme-handler/http=browser.desktop"];
  fs.writeFileSync(path.join(desk.env.XDG_CONFIG_HOME, "mimeapps.list"), `${defaults.join("\n")}\n`);
}

before(async () => {
  desk = await setUpDesk();
  postgres = await startPostgres();
  provider = await startIdentityProvider(desk, [`${OPERATOR.email}|verified|floor`, `${QC_MANAGER.email}|verified|`]);
  server = await startServer({
    folder: desk.folder,
    databaseUrl: postgres.url(),
    prepare: true,
    env: {
      ...provider.settings,
      OIDC_ROLE_CLAIM: "groups",
      OIDC_ROLES: "floor=Production Operator;quality=QA Manager",
    },
  });
  setUpBrowser();
  const env = { VIRUJ_SERVER_URL: server.url, XDG_CURRENT_DESKTOP: undefined };
  station = await startStation(desk, { env });
});

after(async () => {
  await station?.close();
  await server?.stop();
  await provider?.stop();
  await postgres?.stop();
  await desk?.clear();
});

step("the company account is no way to register a station", async () => {
  await station.byTestId("sign-in-register");
  assert.deepEqual(await station.allByTestId("single-sign-on"), []);
  await registerStation(station);
});

step("[SEC-13] a person signs in in the browser and works at the station", async () => {
  await station.byTestId("single-sign-on-start");
  await station.screenshots("single-sign-on");
  nextPerson(OPERATOR.email);
  await station.clickTestId("single-sign-on-start");
  await station.waitForText("person-name", OPERATOR.name);
  await station.byTestId("batch-table");
  const linked = postgres.query("SELECT subject, user_id = 'prod-op-1' FROM person_identities");
  assert.deepEqual(linked, [[OPERATOR.email, "t"]]);
});

step("who gives up goes on with email and password", async () => {
  await signOut(station);
  nextPerson("nobody");
  await station.clickTestId("single-sign-on-start");
  await station.byTestId("single-sign-on-waiting");
  await station.screenshots("single-sign-on-waiting", { light: [SMALL], te: [SMALL] });
  await station.clickTestId("single-sign-on-cancel");
  await station.byTestId("single-sign-on-start");
  assert.deepEqual(await station.allByTestId("single-sign-on-error"), []);
  await signIn(station, OPERATOR);
  await station.waitForText("person-name", OPERATOR.name);
  await signOut(station);
});

step("[SEC-13] a person without a role at the provider is told whom to ask", async () => {
  nextPerson(QC_MANAGER.email);
  await station.clickTestId("single-sign-on-start");
  await station.waitForText("single-sign-on-error", "has no role in this plant");
  await station.screenshots("single-sign-on-refused", { light: [SMALL], dark: [SMALL], te: [SMALL] });
  assert.deepEqual(await station.allByTestId("shell"), []);
});

step("a provider that does not answer leaves the other way open", async () => {
  await server.stop();
  await provider.stop();
  await server.start();
  await station.clickTestId("single-sign-on-start");
  await station.waitForText("single-sign-on-error", "cannot be reached");
  await signIn(station, OPERATOR);
  await station.waitForText("person-name", OPERATOR.name);
});
