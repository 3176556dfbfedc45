// A System Admin makes, changes and deactivates a person, loses a race, and looks at roles and plants.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startFloor } from "./support/floor.mjs";
import { ADMINISTRATOR, signIn, signOut } from "./support/people.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const NEWCOMER = { email: "nora.newcomer@pharma.com", name: "Nora Newcomer" };

let floor;
let postgres;
let server;
let station;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ postgres, server, station } = floor);
});

after(() => floor?.stop());

// The same person as a second administrator would find them, through the interface.
class SecondAdministrator {
  async signIn() {
    const { email, password } = ADMINISTRATOR;
    const { access_token } = await this.#send("POST", "/api/v1/sessions", { email, password });
    this.token = access_token;
  }

  async rename(email, name) {
    const found = await this.#send("GET", `/api/v1/users?search=${encodeURIComponent(email)}`);
    const path = `/api/v1/users/${found.items[0].id}`;
    const { role, department, plant_ids } = found.items[0];
    await this.#send("PUT", path, { name, role, department, plant_ids, reason: "typing error" }, await this.#tag(path));
  }

  async #tag(path) {
    const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${this.token}` } });
    return answer.headers.get("etag");
  }

  async #send(method, path, body, tag) {
    const headers = { "content-type": "application/json" };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    if (tag) headers["if-match"] = tag;
    const answer = await fetch(server.url + path, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  }
}

async function openUser(email) {
  await station.typeInto("users-search", email);
  await station.clickTestId(`user-row-${email}`);
  await station.byTestId("user-state");
}

function trailOf(email) {
  return postgres.query(
    `SELECT action, coalesce(reason, '') FROM audit_entries WHERE entity = 'users'
       AND entity_id = (SELECT id FROM users WHERE email = '${email}') ORDER BY entry_id`,
  );
}

step("the administrator's menu opens on the accounts", async () => {
  await signIn(station, ADMINISTRATOR);
  await station.byTestId(`user-row-${ADMINISTRATOR.email}`);
  for (const entry of ["menu-users", "menu-roles", "menu-plants"]) await station.byTestId(entry);
  await station.screenshots("users", ALL_LOOKS);
});

step("[P11-200-3] a new person gets a password that nobody chose", async () => {
  await station.clickTestId("users-new");
  await station.typeInto("user-name", NEWCOMER.name);
  await station.typeInto("user-email", ADMINISTRATOR.email);
  await station.typeInto("user-role", "QC Operator");
  await station.chooseOption("QC Operator");
  await station.typeInto("user-plants", "Hyderabad");
  await station.chooseOption("Hyderabad");
  await station.screenshots("new-user", ALL_LOOKS);
  await station.clickTestId("user-save");
  await station.waitForText("new-user", "This email is already in use.");
  await station.typeInto("user-email", NEWCOMER.email);
  await station.clickTestId("user-save");
  NEWCOMER.password = await station.textOf("one-time-secret");
  assert.match(NEWCOMER.password, /^([a-z2-9]{5}-){4}[a-z2-9]{5}$/);
  await station.clickTestId("secret-done");
  await station.typeInto("users-search", NEWCOMER.email);
  await station.waitForText(`user-row-${NEWCOMER.email}`, "Must choose a password");
  const [[hash]] = postgres.query(`SELECT hashed_password FROM users WHERE email = '${NEWCOMER.email}'`);
  assert.match(hash, /^\$argon2id\$/);
});

step("[PI041-AT] a change needs a reason, which the trail keeps", async () => {
  await openUser(NEWCOMER.email);
  await station.clickTestId("user-change");
  await station.typeInto("user-name", "Nora New");
  await station.clickTestId("user-save");
  await station.waitForText("change-user", "the change needs a reason");
  await station.typeInto("change-reason", "asked for it");
  await station.clickTestId("user-save");
  await station.waitForText("user-sheet", "Nora New");
  await station.byTestId("user-state");
  assert.deepEqual(trailOf(NEWCOMER.email).at(-1), ["changed", "asked for it"]);
  await station.screenshots("user", ALL_LOOKS);
});

step("a lost race is said, and the newest is one press away", async () => {
  await station.clickTestId("user-change");
  await station.typeInto("user-name", "Nora Slow");
  await station.typeInto("change-reason", "too slow");
  const second = new SecondAdministrator();
  await second.signIn();
  await second.rename(NEWCOMER.email, "Nora Quick");
  await station.clickTestId("user-save");
  await station.waitForText("change-error", "Somebody else has changed this meanwhile");
  await station.screenshots("lost-race", { light: [SMALL], te: [SMALL] });
  await station.clickTestId("change-refresh");
  await station.waitForAttribute("user-name", "value", "Nora Quick");
  await station.clickTestId("user-cancel");
  await station.clickTestId("user-sheet-close");
  const [[name]] = postgres.query(`SELECT name FROM users WHERE email = '${NEWCOMER.email}'`);
  assert.equal(name, "Nora Quick");
});

step("[SEC-7] a deactivated person is signed out everywhere and stays out", async () => {
  const answer = await fetch(`${server.url}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: NEWCOMER.email, password: NEWCOMER.password }),
  });
  const session = await answer.json();
  assert.ok(
    answer.status === 201 || session.code === "password_change_required",
    `the one-time password is known: ${answer.status} ${session.code}`,
  );
  await openUser(NEWCOMER.email);
  await station.clickTestId("user-deactivate");
  await station.typeInto("change-reason", "left the company");
  await station.clickTestId("user-act");
  await station.waitForAttribute("user-state", "data-state", "inactive");
  if (session.access_token) {
    const me = await fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${session.access_token}` } });
    assert.equal(me.status, 401);
  }
  await station.waitForAttribute("user-sessions", "data-count", "0");
  await station.clickTestId("user-sheet-close");
  assert.deepEqual(trailOf(NEWCOMER.email).at(-1), ["changed", "left the company"]);
});

step("roles and plants with their figures", async () => {
  await station.clickTestId("menu-roles");
  await station.byTestId("role-matrix");
  await station.screenshots("roles", ALL_LOOKS);
  await station.clickTestId("menu-plants");
  await station.byTestId("plant-card-plant-a");
  const [[batches]] = postgres.query("SELECT count(*) FROM production_batches WHERE plant_id = 'plant-a'");
  await station.waitForText("plant-card-plant-a", batches);
  await station.screenshots("plants", ALL_LOOKS);
  await station.clickTestId("plants-new");
  await station.typeInto("plant-field-name", "Pune Plant");
  await station.typeInto("plant-field-region", "APAC");
  await station.typeInto("plant-field-time-zone", "Kolkata");
  await station.chooseOption("Asia/Kolkata");
  await station.clickTestId("plant-save");
  await station.waitForText("plants", "Pune Plant");
  assert.deepEqual(postgres.query("SELECT region, time_zone FROM plants WHERE name = 'Pune Plant'"), [
    ["APAC", "Asia/Kolkata"],
  ]);
});

step("without the server the screens say so, and come back", async () => {
  await server.stop();
  await station.waitForAttribute("connection-status", "data-state", "offline");
  await station.clickTestId("menu-users");
  await station.typeInto("users-search", "somebody else");
  await station.waitForText("users-failed", "nothing can be shown or changed until it is back");
  await station.screenshots("users-offline", { light: [SMALL], te: [SMALL] });
  await server.start();
  await station.typeInto("users-search", "");
  await station.waitForAttribute("connection-status", "data-state", "online");
  await station.byTestId(`user-row-${ADMINISTRATOR.email}`);
});

step("[SEC-17] the deactivated person cannot sign in", async () => {
  await signOut(station);
  await signIn(station, NEWCOMER);
  await station.waitForText("sign-in-error", "The email or the password is wrong.");
});
