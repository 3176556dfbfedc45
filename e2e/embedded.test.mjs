// The station with the database that it brings: the demo, a plant of one's own, and what remains when it is killed.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { binary, environment, nativePostgres } from "../scripts/lib/paths.mjs";
import { ask } from "../scripts/lib/run.mjs";
import { waitUntil } from "../scripts/lib/wait.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { EmbeddedDatabase } from "./support/embedded.mjs";
import {
  ADMINISTRATOR,
  atPhase,
  OPERATOR,
  openBatch,
  sign,
  signIn,
  signOut,
  unusualPassword,
} from "./support/people.mjs";
import { hashOfRefreshToken, keptSecrets, leaks } from "./support/secrets.mjs";
import { serverCommand } from "./support/server.mjs";
import { startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { brokenLinks, effectiveEntries } from "./support/trail.mjs";

const FIRST = { email: "meera.nair@plant.example", name: "Meera Nair", password: unusualPassword() };

let desk;
let station;
let database;
let batch;
const step = startStory(() => station);
const homes = [];

before(async () => {
  desk = await setUpDesk();
  database = databaseOf(desk.stationData);
});

after(async () => {
  await station?.close();
  for (const home of homes) home.remove();
  await desk?.clear();
});

function databaseOf(home) {
  homes.push(new EmbeddedDatabase(home));
  return homes.at(-1);
}

function assertOnePostgres() {
  const running = database.postmasters();
  assert.equal(running.length, 1, "PostgreSQL runs once");
  assert.notEqual(running[0].uid, 0, "PostgreSQL runs as root");
}

async function noPostgres() {
  await waitUntil("PostgreSQL to be gone", () => database.postmasters().length === 0, { seconds: 20 });
}

step("the first start asks one question, and nothing is made before the answer", async () => {
  station = await startStation(desk);
  await station.byTestId("first-start-demo");
  await station.byTestId("first-start-plant");
  assert.deepEqual(database.postmasters(), []);
  assert.equal(fs.existsSync(database.folder), false);
});

step("the demo: an operator executes a phase and signs one", async () => {
  await station.clickTestId("first-start-demo");
  await station.byTestId("sign-in");
  assertOnePostgres();
  assert.match(fs.readFileSync(path.join(desk.stationData, "station.toml"), "utf8"), /^source = "embedded"$/m);
  await signIn(station, OPERATOR);
  const planned = database.query(
    "SELECT batch_number FROM production_batches WHERE status = 'Planned' AND plant_id = 'plant-a' ORDER BY 1",
  );
  batch = planned[0][0];
  await openBatch(station, batch);
  await atPhase(station, 1);
  await station.clickTestId("primary-action");
  await atPhase(station, 2);
  await station.clickTestId("primary-action");
  await sign(station, OPERATOR);
  await station.waitForText("signature-stamp-name", OPERATOR.name);
  await station.waitForAttribute("receipt-words", "data-state", "accepted");
  assert.deepEqual(effectiveEntries(database, batch), [
    { number: 1, verdict: "accepted", person: OPERATOR.name, isSigned: false },
    { number: 2, verdict: "accepted", person: OPERATOR.name, isSigned: true },
  ]);
});

step("[SEC-35] no password, token or key stands in any file that the station leaves", () => {
  const kept = keptSecrets(desk);
  assert.ok(kept.get("refresh-token")?.length > 20, "the refresh token is in the keychain");
  assert.equal(kept.get("station-key")?.length, 32, "the station's key is in the keychain");
  assert.equal(kept.get("store-key")?.length, 32, "the store's key is in the keychain");
  assert.match(kept.get("backup-identity")?.toString(), /^AGE-SECRET-KEY-1/, "what opens the backups is there too");
  const isKept = database.query(
    `SELECT count(*) FROM sessions WHERE encode(refresh_hash, 'hex') = '${hashOfRefreshToken(kept.get("refresh-token"))}'`,
  );
  assert.deepEqual(isKept, [["1"]], "the keychain's token is the one of the session");
  assert.deepEqual(leaks(desk.folder, new Map([...kept, ["password", OPERATOR.password]])), []);
});

step("[A11-7.2] an administrator finds the first backup and takes another one", async () => {
  await signOut(station);
  await signIn(station, ADMINISTRATOR);
  await station.waitForText("person-name", ADMINISTRATOR.name);
  await station.clickTestId("menu-backups");
  const folder = path.join(desk.stationData, "backups");
  await station.waitForText("backups-folder", folder);
  const [[first, cause]] = database.query("SELECT file_name, cause FROM backups");
  assert.equal(cause, "first");
  await station.byTestId(`backup-row-${first}`);
  await station.clickTestId("backup-take");
  const [name] = /viruj-backup-\w+\.age/.exec(await station.textOf("backup-taken"));
  await station.byTestId(`backup-row-${name}`);
  assert.ok(fs.readFileSync(path.join(folder, name)).subarray(0, 21).equals(Buffer.from("age-encryption.org/v1")));
  await station.screenshots("backups-embedded");
  await signOut(station);
  await signIn(station, OPERATOR);
  await station.waitForText("person-name", OPERATOR.name);
});

step("[P11-10e2] the command finds the trail whole, checkpoints included", () => {
  const env = { DATABASE_URL: database.url, VIRUJ_KEY_DIR: path.join(desk.stationData, "embedded", "server-keys") };
  const said = serverCommand(["audit", "verify"], env);
  assert.match(said, /Compared with \d+ checkpoints/);
  assert.match(said, /The audit trail is whole/);
});

step("the window is closed by its button: PostgreSQL goes with it", async () => {
  await station.closeByButton();
  await noPostgres();
  assert.equal(fs.existsSync(path.join(database.data, "postmaster.pid")), false, "PostgreSQL did not end in order");
  const lines = fs
    .readFileSync(path.join(desk.stationData, "logs", "station.log"), "utf8")
    .trim()
    .split("\n");
  const troubles = lines.map((line) => JSON.parse(line)).filter(({ level }) => ["WARN", "ERROR"].includes(level));
  assert.deepEqual(troubles, [], "an end in order is no trouble");
});

step("started again, the person is remembered and the entries are there", async () => {
  await station.start();
  await station.waitForText("person-name", OPERATOR.name);
  assertOnePostgres();
  await openBatch(station, batch);
  await atPhase(station, 3);
  assert.equal(effectiveEntries(database, batch).length, 2);
});

step("killed in the middle of an entry, it starts again and nothing that was shown is lost", async () => {
  await station.typeInto("number-input", "22.0");
  await station.clickTestId("primary-action");
  await atPhase(station, 4);
  await station.typeInto("number-input", "45.0");
  await station.clickTestId("primary-action");
  await station.kill();
  await station.start();
  await station.waitForText("person-name", OPERATOR.name);
  await station.waitForAttribute("connection-status", "data-state", "online");
  await station.waitForAttribute("unsent-count", "data-count", "0");
  assertOnePostgres();
  const recorded = effectiveEntries(database, batch).map(({ number }) => number);
  assert.ok([3, 4].includes(recorded.length), `phases ${recorded}`);
  assert.deepEqual(recorded, [1, 2, 3, 4].slice(0, recorded.length));
  await openBatch(station, batch);
  await atPhase(station, recorded.length + 1);
  assert.deepEqual(brokenLinks(database), []);
});

step("a plant of one's own: what is wrong is said beside its field", async () => {
  await station.close();
  await noPostgres();
  const home = path.join(desk.folder, "plant");
  fs.mkdirSync(path.join(desk.folder, "backup"));
  database = databaseOf(home);
  station = await startStation(desk, { args: ["--data-dir", home] });
  await station.clickTestId("first-start-plant");
  await station.clickTestId("plant-submit");
  assert.equal(await station.attributeOf("plant-name", "aria-invalid"), "true");
  await station.typeInto("plant-name", "Pune");
  await station.typeInto("plant-region", "APAC");
  await station.typeInto("plant-time-zone", "Kolkata");
  await station.chooseOption("Asia/Kolkata");
  await station.typeInto("plant-administrator-name", FIRST.name);
  await station.typeInto("plant-administrator-email", FIRST.email);
  await station.typeInto("plant-administrator-password", "short");
  await station.typeInto("plant-backup-folder", "/nowhere/at/all");
  await station.clickTestId("plant-submit");
  await station.waitForText("plant-form", "The password is too short.");
  assert.equal(await station.attributeOf("plant-administrator-password", "aria-invalid"), "true");
  assert.notEqual(await station.attributeOf("plant-name", "aria-invalid"), "true");
  await station.typeInto("plant-administrator-password", FIRST.password);
  await station.clickTestId("plant-submit");
  await station.waitForAttribute("plant-backup-folder", "aria-invalid", "true");
  assert.doesNotMatch(await station.textOf("plant-form"), /The password is too short/);
  assert.deepEqual(database.postmasters(), []);
});

step("the plant is made, its administrator signs in, and empty is called empty", async () => {
  await station.typeInto("plant-backup-folder", path.join(desk.folder, "backup"));
  await station.clickTestId("plant-submit");
  await station.byTestId("sign-in");
  assert.deepEqual(await station.allByTestId("demo-people"), []);
  await signIn(station, FIRST);
  await station.waitForText("person-name", FIRST.name);
  await station.byTestId(`user-row-${FIRST.email}`);
  await station.clickTestId("menu-plants");
  await station.waitForText("plants", "Pune");
  assert.deepEqual(database.query("SELECT name, time_zone FROM plants"), [["Pune", "Asia/Kolkata"]]);
  assert.deepEqual(database.query("SELECT role, login_key FROM users"), [["System Admin", FIRST.email]]);
  assert.deepEqual(database.query("SELECT count(*) FROM production_batches"), [["0"]]);
  const settings = fs.readFileSync(path.join(desk.folder, "plant", "station.toml"), "utf8");
  assert.match(settings, /^source = "embedded"$/m);
  assert.match(settings, /^backup_folder = ".*\/backup"$/m);
  const isBackup = (name) => /^viruj-backup-\w+\.age$/.test(name);
  await waitUntil("the first backup", () => fs.readdirSync(path.join(desk.folder, "backup")).some(isBackup));
  assert.equal(leaks(desk.folder, new Map([["password", FIRST.password]])).join(), "");
});

step("--demo answers the first start's question", async () => {
  await station.close();
  await noPostgres();
  const home = path.join(desk.folder, "answered");
  database = databaseOf(home);
  station = await startStation(desk, { args: ["--demo", "--data-dir", home] });
  await signIn(station, OPERATOR);
  await station.byTestId("batch-table");
  assert.deepEqual(database.query("SELECT count(*) FROM production_batches"), [["40"]]);
  await station.close();
  await noPostgres();
  station = null;
});

step("[A11-7.2] what was backed up is restored on another computer, and work goes on", async () => {
  const task = (args) => {
    const env = environment({ ...desk.env, VIRUJ_POSTGRES_DIR: nativePostgres });
    const answer = ask(binary("viruj-station"), args, { env });
    assert.ok(answer.ok, `viruj-station ${args[0]}: ${answer.error}`);
    return answer.output;
  };
  const key = path.join(desk.folder, "recovery-key.txt");
  assert.match(task(["recovery-key", key]), /Keep it under lock and key/);
  assert.match(fs.readFileSync(key, "utf8"), /^AGE-SECRET-KEY-1\w+$/m);
  assert.equal(fs.statSync(key).mode & 0o077, 0, "nobody else reads it");
  const folder = path.join(desk.stationData, "backups");
  const newest = fs.readdirSync(folder).sort().at(-1);
  const home = path.join(desk.folder, "another-computer");
  const told = task(["restore", path.join(folder, newest), "--identity", key, "--data-dir", home]);
  assert.match(told, /\d+ entries of the audit trail were verified/);
  database = databaseOf(home);
  station = await startStation(desk, { args: ["--data-dir", home] });
  await signIn(station, OPERATOR);
  await station.byTestId("batch-table");
  assert.deepEqual(database.query("SELECT count(*) FROM production_batches"), [["40"]]);
  assert.deepEqual(brokenLinks(database), []);
  await station.close();
  await noPostgres();
  station = null;
});
