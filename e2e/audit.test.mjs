// The audit trail is read, exported and reviewed with a signature, and a backup is taken, in the real window.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { ADMINISTRATOR, QA_MANAGER, registerStation, signIn, signOut } from "./support/people.mjs";
import { serverCommand, startServer } from "./support/server.mjs";
import { startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

// Somebody's recipient: the server writes for them and cannot read what it wrote.
const RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

let desk;
let postgres;
let server;
let station;
let backups;
let downloads;
const step = startStory(() => station);

before(async () => {
  desk = await setUpDesk();
  postgres = await startPostgres();
  backups = path.join(desk.folder, "backups");
  const env = { VIRUJ_BACKUP_DIR: backups, VIRUJ_BACKUP_RECIPIENT: RECIPIENT };
  server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), env, prepare: true });
  downloads = path.join(desk.folder, "home");
  fs.mkdirSync(downloads, { recursive: true });
  station = await startStation(desk, { env: { VIRUJ_SERVER_URL: server.url, HOME: downloads } });
  await registerStation(station);
});

after(async () => {
  await station?.close();
  await server?.stop();
  await postgres?.stop();
  await desk?.clear();
});

step("[P11-10e] a QA Manager reads who changed what, with both values, and when", async () => {
  await signIn(station, QA_MANAGER);
  await station.waitForText("person-name", QA_MANAGER.name);
  await station.clickTestId("menu-audit-trail");
  const [[seq]] = postgres.query("SELECT seq FROM feeds WHERE feed = 'plant-a'");
  await station.screenshots("audit-trail");
  await station.clickTestId(`audit-row-plant-a-${seq}`);
  const [[hash]] = postgres.query(
    `SELECT encode(hash, 'hex') FROM audit_entries WHERE feed = 'plant-a' AND seq = ${seq}`,
  );
  await station.waitForText("audit-detail-hash", hash);
  await station.screenshots("audit-entry");
  await station.clickTestId("audit-details-close");
  await station.waitForNo("audit-details-close");
});

step("[SEC-27] an export goes into a file of the person's own", async () => {
  await station.clickTestId("audit-export");
  await station.clickTestId("audit-export-csv");
  const file = await station.textOf("audit-exported");
  const [name] = fs.readdirSync(downloads).filter((entry) => entry.endsWith(".csv"));
  assert.ok(file.includes(name), file);
  const text = fs.readFileSync(path.join(downloads, name), "utf8");
  const [[count]] = postgres.query("SELECT count(*) FROM audit_entries WHERE feed = 'plant-a'");
  assert.equal(text.match(/^plant-a,\d+,/gm).length, Number(count));
  await station.clickTestId("audit-export-sheet-close");
  await station.waitForNo("audit-export-sheet-close");
});

step("[A11-9] a review is signed and kept for ever", async () => {
  await station.clickTestId("audit-review");
  await station.byTestId("signature-sentence");
  await station.screenshots("audit-review");
  await station.typeInto("review-comment", "Seen at the desk");
  await station.typeInto("signature-email", QA_MANAGER.email);
  await station.typeInto("signature-password", "not the password");
  await station.clickTestId("signature-sign");
  await station.byTestId("signature-error");
  await station.typeInto("signature-password", QA_MANAGER.password);
  await station.clickTestId("signature-sign");
  await station.byTestId("review-done");
  await station.clickTestId("review-close");
  const reviews = postgres.query("SELECT person_name, meaning, comment FROM audit_reviews");
  assert.deepEqual(reviews, [[QA_MANAGER.name, "reviewed", "Seen at the desk"]]);
  await signOut(station);
});

step("[A11-7.2] an administrator sees the nights and takes a backup now", async () => {
  await signIn(station, ADMINISTRATOR);
  await station.waitForText("person-name", ADMINISTRATOR.name);
  await station.clickTestId("menu-backups");
  await station.byTestId("backups-folder");
  await station.clickTestId("backup-take");
  const [name] = /viruj-backup-\w+\.age/.exec(await station.textOf("backup-taken"));
  assert.ok(fs.readFileSync(path.join(backups, name)).subarray(0, 21).equals(Buffer.from("age-encryption.org/v1")));
  await station.byTestId(`backup-row-${name}`);
  await station.screenshots("backups");
});

step("without the server the screens say so", async () => {
  await server.stop();
  await station.clickTestId("menu-audit-trail");
  await station.waitForAttribute("connection-status", "data-state", "offline");
  await station.waitForText("audit-export-reason", "needs the server");
});

step("[P11-10e2] the command finds the trail whole, checkpoints included", () => {
  const said = serverCommand(["audit", "verify"], server.env);
  assert.match(said, /Compared with \d+ checkpoints/);
  assert.match(said, /The audit trail is whole/);
});
