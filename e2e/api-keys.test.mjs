// A Plant Head gives a report a key, which reads what it may and nothing else, and takes it back again.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startFloor } from "./support/floor.mjs";
import { ADMINISTRATOR, PLANT_HEAD, signIn, signOut } from "./support/people.mjs";
import { leaks } from "./support/secrets.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };

let floor;
let desk;
let postgres;
let server;
let station;
let secret;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ desk, postgres, server, station } = floor);
});

after(() => floor?.stop());

// As the report would ask.
async function ask(path, method = "GET") {
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const answer = await fetch(server.url + path, { method, headers, body: method === "GET" ? undefined : "{}" });
  return { status: answer.status, body: await answer.json() };
}

function idOf(name) {
  const [[id]] = postgres.query(`SELECT id FROM api_keys WHERE name = '${name}'`);
  return id;
}

step("a screen without keys says how the first one comes to be", async () => {
  await signIn(station, PLANT_HEAD);
  await station.clickTestId("menu-api-keys");
  await station.byTestId("api-keys-empty");
});

step("[SEC-14] a key is made for a report, and its text is shown once", async () => {
  await station.clickTestId("api-keys-new");
  await station.byTestId("api-key-name");
  await station.clickTestId("api-key-save");
  await station.screenshots("api-key-missing");
  await station.typeInto("api-key-name", "Yield report, ERP");
  await station.clickTestId("api-key-scope-batch.read");
  await station.clickTestId("api-key-scope-material.read");
  await station.typeInto("api-key-plants", "Hyderabad");
  await station.chooseOption("Hyderabad");
  await station.screenshots("api-key-new", ALL_LOOKS);
  await station.clickTestId("api-key-save");
  secret = await station.textOf("api-key-secret");
  assert.match(secret, /^vk_[0-9a-f]{32}_[a-z2-9]{52}$/);
  await station.screenshots("api-key-shown", ALL_LOOKS);
  await station.clickTestId("api-key-done");
  await station.byTestId(`api-key-row-${idOf("Yield report, ERP")}`);
});

step("[SEC-14] the report reads what the key says, in its plant, and does nothing", async () => {
  const batches = await ask("/api/v1/batches");
  assert.equal(batches.status, 200);
  assert.ok(batches.body.items.length > 0);
  assert.deepEqual([...new Set(batches.body.items.map((batch) => batch.plant_id))], ["plant-a"]);
  assert.equal((await ask("/api/v1/materials")).status, 200);
  const [[elsewhere]] = postgres.query("SELECT id FROM production_batches WHERE plant_id <> 'plant-a' LIMIT 1");
  assert.equal((await ask(`/api/v1/batches/${elsewhere}`)).body.code, "not_found");
  assert.equal((await ask("/api/v1/audit")).body.code, "not_authorised");
  for (const [path, method] of [
    ["/api/v1/me", "GET"],
    ["/api/v1/api-keys", "POST"],
    ["/api/v1/signatures/attest", "POST"],
  ]) {
    assert.equal((await ask(path, method)).body.code, "not_for_api_keys", path);
  }
});

step("[SEC-35] the text of the key stands in no file that the station or the server leaves", () => {
  assert.deepEqual(leaks(desk.folder, new Map([["API key", secret.split("_").at(-1)]])), []);
});

step("the list says who made keys, when they were used and which end soon", async () => {
  // As time would have it: the other keys were made long ago.
  postgres.query(`
    BEGIN; SET LOCAL viruj.actor = 'system:test'; SET LOCAL viruj.reason = 'test';
    INSERT INTO api_keys (id, name, secret_hash, plant_ids, scopes, created_by, created_at, expires_at)
    SELECT gen_random_uuid(), name, sha256(name::bytea), '{plant-a}', '{gate_entry.read}', 'plant-head-1',
      now() - made, now() + rest
    FROM (VALUES ('Gate display', '85 days'::interval, '5 days'::interval),
      ('Old dashboard', '100 days'::interval, '-10 days'::interval)) AS old (name, made, rest);
    COMMIT`);
  await station.clickTestId("menu-my-batches");
  await station.clickTestId("menu-api-keys");
  await station.byTestId(`api-key-row-${idOf("Gate display")}`);
  await station.screenshots("api-keys", ALL_LOOKS);
});

step("[SEC-14] [PI041-AT] a key that is revoked is refused, and the trail says why", async () => {
  const id = idOf("Yield report, ERP");
  await station.clickTestId(`api-key-row-${id}`);
  await station.byTestId("api-key-facts");
  await station.screenshots("api-key", ALL_LOOKS);
  await station.clickTestId("api-key-revoke");
  await station.typeInto("change-reason", "The report has moved");
  await station.screenshots("api-key-revoking");
  await station.clickTestId("api-key-end");
  await station.byTestId("api-key-revoked");
  const refused = await ask("/api/v1/batches");
  assert.deepEqual([refused.status, refused.body.code], [401, "invalid_token"]);
  const entries = postgres.query(
    `SELECT action, actor, reason FROM audit_entries WHERE entity = 'api_keys' AND entity_id = '${id}' ORDER BY entry_id`,
  );
  assert.deepEqual(entries, [
    ["created", "plant-head-1", "API key made"],
    ["changed", "plant-head-1", "The report has moved"],
  ]);
  await station.clickTestId("api-key-sheet-close");
  await station.waitForNo("api-key-sheet-close");
});

step("a System Admin sees the keys of everybody and gives what a System Admin may do", async () => {
  await signOut(station);
  await signIn(station, ADMINISTRATOR);
  await station.clickTestId("menu-api-keys");
  await station.byTestId(`api-key-row-${idOf("Yield report, ERP")}`);
  await station.clickTestId("api-keys-new");
  await station.byTestId("api-key-scope-plant.read");
  assert.equal((await station.allByTestId("api-key-scope-batch.read")).length, 0);
  await station.clickTestId("api-key-cancel");
});
