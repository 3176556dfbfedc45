// What can go wrong, each with a clear message that says what to do, and nothing lost.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { binary, environment } from "../scripts/lib/paths.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { SmallDisk } from "./support/disk.mjs";
import { ADMINISTRATOR, atPhase, OPERATOR, openBatch, registerStation, signIn } from "./support/people.mjs";
import { freePort } from "./support/processes.mjs";
import { filesBelow } from "./support/secrets.mjs";
import { serverCommand, startServer } from "./support/server.mjs";
import { startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { brokenLinks, effectiveEntries } from "./support/trail.mjs";

let desk;
let postgres;
let server;
let station;
let disk;
let batch;
const step = startStory(() => station);

before(async () => {
  desk = await setUpDesk();
  postgres = await startPostgres();
});

after(async () => {
  await station?.close();
  await server?.stop();
  await postgres?.stop();
  disk?.remove();
  await desk?.clear();
});

const folderOf = (name) => path.join(desk.folder, name);

// The program's own word for what it met, and the words for the person, who is never shown that word alone.
async function meets(code, remedy) {
  await station.waitForAttribute("problem-code", "data-code", code);
  await station.waitForText("problem-do-this", remedy);
  const said = `${await station.textOf("problem-what")} ${await station.textOf("problem-do-this")}`;
  assert.ok(!said.includes(code), `the person reads a code: ${said}`);
}

async function startOn(data, { env = {}, args = [] } = {}) {
  await station?.close();
  station = await startStation(desk, { env, args: ["--data-dir", folderOf(data), ...args] });
}

step("no session bus: the window opens and says how to start one", async () => {
  fs.mkdirSync(folderOf("no-bus"), { mode: 0o700 });
  await startOn("troubled", {
    env: { DBUS_SESSION_BUS_ADDRESS: "", XDG_RUNTIME_DIR: folderOf("no-bus") },
    args: ["--demo"],
  });
  await meets("no_session_bus", "dbus-run-session");
});

step("a locked keychain: unlocked, the second try goes on", async () => {
  desk.keyring.lock();
  assert.equal(desk.keyring.isLocked(), true);
  await startOn("troubled", { env: { DATABASE_URL: postgres.url("postgres") } });
  await meets("keychain_locked", "Unlock it");
  await desk.keyring.unlock();
  await station.clickTestId("problem-retry");
  await meets("not_migrated", "viruj-server migrate");
});

step("a database that was never migrated, and one that does not answer", async () => {
  const url = `postgres://viruj@127.0.0.1:${await freePort()}/viruj`;
  await startOn("troubled", { env: { DATABASE_URL: url } });
  await meets("database_unreachable", "Check that PostgreSQL runs");
  assert.equal(postgres.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")[0][0], "0");
});

step("a database newer than the program is left alone", async () => {
  server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), prepare: true });
  const before = postgres.query("SELECT version FROM _sqlx_migrations ORDER BY 1");
  postgres.query(
    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'of the future', true, '\\x00', 1)",
  );
  await startOn("troubled", { env: { DATABASE_URL: postgres.url() } });
  await meets("database_newer", "Install the newer version");
  assert.throws(() => serverCommand(["migrate"], server.env), /newer/);
  postgres.query("DELETE FROM _sqlx_migrations WHERE version = 9999");
  assert.deepEqual(postgres.query("SELECT version FROM _sqlx_migrations ORDER BY 1"), before);
  await station.clickTestId("problem-retry");
  await station.byTestId("sign-in");
});

step("a plant server's address without encryption is refused, and nothing changes", async () => {
  await startOn("settings");
  await station.clickTestId("first-start-server");
  await station.clickTestId("settings-source-server");
  await station.typeInto("settings-server-url", "http://plant.example:8000");
  await station.clickTestId("settings-save");
  await station.waitForText("settings-error", "https://");
  assert.equal(fs.existsSync(path.join(folderOf("settings"), "station.toml")), false);
  await station.typeInto("settings-server-url", server.url);
  await station.clickTestId("settings-save");
  await station.waitForText("sign-in", /Register|register/);
  assert.match(fs.readFileSync(path.join(folderOf("settings"), "station.toml"), "utf8"), /^source = "server"$/m);
});

step("a wrong password says so and lets nobody in", async () => {
  await registerStation(station);
  await signIn(station, { ...OPERATOR, password: "demo124" });
  await station.waitForText("sign-in-error", "wrong");
  assert.deepEqual(await station.allByTestId("shell"), []);
  await signIn(station, { ...ADMINISTRATOR, email: "nobody@pharma.com" });
  await station.waitForText("sign-in-error", "wrong");
  const opened = postgres.query(
    "SELECT count(*) FROM sessions JOIN users ON users.id = user_id WHERE login_key <> 'admin@pharma.com'",
  );
  assert.deepEqual(opened, [["0"]]);
});

step("a second window on the same data folder is refused", async () => {
  const second = await startStation(desk, { args: ["--data-dir", folderOf("settings")] });
  const first = station;
  station = second;
  try {
    await meets("already_running", "Use the window that is open");
    await first.close();
    await second.clickTestId("problem-retry");
    await second.byTestId("sign-in");
  } catch (error) {
    await first.close().catch(() => {});
    throw error;
  }
});

step("a full disk: an entry is refused before it starts, and goes through when there is room", async () => {
  await station.close();
  station = null;
  disk = new SmallDisk(folderOf("small"), 200);
  await startOn("small", { env: { VIRUJ_SERVER_URL: server.url } });
  await registerStation(station, { name: "Small disk" });
  await signIn(station, OPERATOR);
  batch = postgres.query(
    "SELECT batch_number FROM production_batches WHERE status = 'Planned' AND plant_id = 'plant-a' ORDER BY 1",
  )[0][0];
  await openBatch(station, batch);
  await atPhase(station, 1);
  disk.fillUpTo(60);
  await station.clickTestId("primary-action");
  await station.waitForText("record-error", /disk is full/i);
  assert.deepEqual(effectiveEntries(postgres, batch), []);
  disk.makeRoom();
  await station.clickTestId("primary-action");
  await atPhase(station, 2);
  await station.waitForAttribute("unsent-count", "data-count", "0");
  assert.equal(effectiveEntries(postgres, batch).length, 1);
});

// The next planned batch of the plant on which nothing has been recorded.
const plannedBatch = () =>
  postgres.query(
    "SELECT batch_number FROM production_batches WHERE status = 'Planned' AND plant_id = 'plant-a' ORDER BY 1",
  )[0][0];

// An entry that the server does not have, so that it can only come from the station's files.
async function recordUnsent(number) {
  await openBatch(station, number);
  // Without the server goes on what is leased to the station.
  await station.clickTestId("batch-lease");
  await station.clickTestId("lease-take");
  await station.waitForAttribute("batch-lease", "data-place", "here");
  await server.stop();
  await atPhase(station, 1);
  await station.clickTestId("primary-action");
  await station.waitForAttribute("unsent-count", "data-count", "1");
  await station.close();
}

const fileOf = (name) => filesBelow(folderOf("small")).find((file) => path.basename(file) === name);

// Overwrites the middle of the file; gives what stands there afterwards.
function damage(file) {
  const damaged = fs.readFileSync(file);
  damaged.fill(0x5a, Math.floor(damaged.length / 2), Math.floor(damaged.length / 2) + 8192);
  fs.writeFileSync(file, damaged);
  return damaged;
}

async function arrivesOnce(number) {
  await station.waitForText("person-name", OPERATOR.name);
  await station.waitForAttribute("connection-status", "data-state", "online");
  await station.waitForAttribute("unsent-count", "data-count", "0");
  assert.equal(effectiveEntries(postgres, number).length, 1);
  assert.deepEqual(brokenLinks(postgres), []);
}

step("a damaged store is not touched: its entries arrive when the file is whole again", async () => {
  const second = plannedBatch();
  await recordUnsent(second);
  const store = fileOf("station.db");
  const whole = fs.readFileSync(store);
  const damaged = damage(store);
  await station.start();
  await meets("store_corrupted", "Do not delete any file");
  await station.close();
  assert.ok(fs.readFileSync(store).equals(damaged), "the damaged file was changed");
  fs.writeFileSync(store, whole);
  await server.start();
  await station.start();
  await arrivesOnce(second);
});

step("a damaged store without a sound second copy stays where it is", async () => {
  batch = plannedBatch();
  await recordUnsent(batch);
  const store = fileOf("station.db");
  const copy = fileOf("outbox-copy.db");
  const wholeCopy = fs.readFileSync(copy);
  const damaged = damage(store);
  const damagedCopy = damage(copy);
  await station.start();
  await meets("store_corrupted", "Set the damaged copy aside");
  await station.clickTestId("problem-set-aside");
  await meets("outbox_copy_unusable", "Do not delete any file");
  assert.ok(fs.readFileSync(store).equals(damaged), "the damaged store was changed");
  assert.ok(fs.readFileSync(copy).equals(damagedCopy), "the damaged second copy was changed");
  fs.writeFileSync(copy, wholeCopy);
  await station.clickTestId("problem-retry");
  await meets("store_corrupted", "Set the damaged copy aside");
});

step(
  "the damaged store is set aside by its button: the entry comes from the second copy and arrives once",
  async () => {
    const damaged = fs.readFileSync(fileOf("station.db"));
    await station.clickTestId("problem-set-aside");
    await station.waitForText("person-name", OPERATOR.name);
    await station.waitForAttribute("unsent-count", "data-count", "1");
    const aside = filesBelow(folderOf("small")).filter((file) => path.dirname(file).includes("set-aside-"));
    const kept = aside.find((file) => path.basename(file) === "station.db");
    assert.ok(kept && fs.readFileSync(kept).equals(damaged), `the damaged store is not kept: ${aside}`);
    assert.deepEqual(effectiveEntries(postgres, batch), []);
    await server.start();
    await arrivesOnce(batch);
  },
);

step("a display that does not answer: one line, and no window library's panic", async () => {
  const answer = spawnSync(binary("viruj-station"), ["--data-dir", folderOf("blind")], {
    env: environment({ ...desk.env, DISPLAY: ":4077" }),
    encoding: "utf8",
  });
  assert.notEqual(answer.status, 0);
  const lines = answer.stderr.split("\n").filter((line) => line.startsWith("viruj-station:"));
  assert.equal(lines.length, 1, answer.stderr);
  assert.match(lines[0], /display ":4077" does not answer; run this in a desktop session/);
  assert.doesNotMatch(answer.stderr, /panicked/);
});
