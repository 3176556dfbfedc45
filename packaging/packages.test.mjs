// The packages on a Debian of their own: they install, start, upgrade and go again cleanly, and what the administrator has
// set stays.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { setUpDesk } from "../e2e/support/desk.mjs";
import { startMachine } from "../e2e/support/machine.mjs";
import { freePort } from "../e2e/support/processes.mjs";
import { startStation } from "../e2e/support/station.mjs";
import { startStory } from "../e2e/support/story.mjs";
import { buildPackages } from "../scripts/lib/packages.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { ask } from "../scripts/lib/run.mjs";
import { waitUntil } from "../scripts/lib/wait.mjs";

const SETTINGS = "/etc/viruj-server/viruj-server.env";
const UNITS = "/lib/systemd/system";
const WANTED = "/etc/systemd/system/multi-user.target.wants";

let first;
let second;
let desk;
let postgres;
let machine;
let station;
let port;
const step = startStory(() => station);

before(
  async () => {
    desk = await setUpDesk();
    first = await buildPackages({ profile: "debug", version: "1.0.0" });
    second = await buildPackages({
      profile: "debug",
      version: "1.0.1",
      names: ["viruj-server", "viruj-station-updater"],
    });
    postgres = await startPostgres({ shared: true });
    machine = await startMachine();
    port = await freePort();
  },
  { timeout: 900_000 },
);

after(async () => {
  await station?.close().catch(() => undefined);
  await machine?.stop();
  await postgres?.stop();
  await desk?.clear();
});

const contents = (file) => ask("dpkg-deb", ["--contents", file]).output;

// What systemd would run, under the account and with the settings that the unit names.
function startService() {
  const unit = machine.read(`${UNITS}/viruj-server.service`);
  const line = (name) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)[1];
  const run = `set -a; . ${line("EnvironmentFile")}; set +a; cd ${line("WorkingDirectory")}; umask 0077
    setpriv --reuid ${line("User")} --regid ${line("Group")} --clear-groups -- ${line("ExecStartPre")} &&
    exec setpriv --reuid ${line("User")} --regid ${line("Group")} --clear-groups -- ${line("ExecStart")}`;
  return machine.start("env", "-i", `HOME=${line("WorkingDirectory")}`, "PATH=/usr/bin:/bin", "sh", "-c", run);
}

async function healthVersion() {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`);
    return answer.ok ? (await answer.json()).status : null;
  } catch {
    return null;
  }
}

step("the station's package has a desktop entry and icons, and no PostgreSQL; another one has that", () => {
  const station = contents(first["viruj-station"]);
  for (const part of ["usr/bin/viruj-station", ".desktop", "128x128/apps/viruj-station.png", "release-keys/"]) {
    assert.ok(station.includes(part), part);
  }
  assert.doesNotMatch(station, /postgres|libpq/);
  assert.match(contents(first["viruj-station-postgres"]), /usr\/lib\/viruj-station\/postgres\/bin\/postgres/);
  assert.match(contents(first["viruj-station-updater"]), /-rwxr-xr-x root\/root .*usr\/sbin\/viruj-station-updater/);
});

step("the server is installed with an account, settings of its own and a unit that starts with the computer", () => {
  machine.install(first["viruj-server"]);
  const settings = machine.read(SETTINGS);
  assert.match(settings, /^SECRET_KEY=[0-9a-f]{64}$/m);
  assert.equal(machine.do("stat", "--format=%U:%G %a", SETTINGS), "root:viruj-server 640");
  assert.equal(machine.do("stat", "--format=%U %a", "/var/lib/viruj-server/keys"), "viruj-server 750");
  assert.ok(machine.exists(`${WANTED}/viruj-server.service`));
  machine.install(first["viruj-station"], first["viruj-station-updater"]);
  for (const unit of ["viruj-server.service", "viruj-station-updater.service", "viruj-station-updater.path"]) {
    const judged = machine.ask("systemd-analyze", "verify", `${UNITS}/${unit}`);
    assert.ok(judged.ok && !judged.error.includes("viruj"), `${unit}: ${judged.error}`);
  }
});

step("it starts as that account with what the administrator has set", async () => {
  const own = machine
    .read(SETTINGS)
    .replace(/^DATABASE_URL=.*$/m, `DATABASE_URL='${postgres.url()}'`)
    .replace(/^BACKEND_PORT=.*$/m, `BACKEND_PORT=${port}`);
  const file = path.join(desk.folder, "settings");
  fs.writeFileSync(file, own);
  machine.do("cp", "--no-preserve=mode,ownership", file, SETTINGS);
  startService();
  assert.equal(await waitUntil("the server's /health", healthVersion), "ok");
  const [pid] = machine.processes("viruj-server");
  const account = machine.do("id", "--user", "viruj-server");
  assert.match(fs.readFileSync(`/proc/${pid}/status`, "utf8"), new RegExp(`^Uid:\\t${account}\\t`, "m"));
  assert.equal(machine.do("stat", "--format=%U", "/var/lib/viruj-server/keys"), "viruj-server");
});

step("an upgrade asks nothing and changes nothing of the settings", async () => {
  const before = machine.read(SETTINGS);
  machine.install(second["viruj-server"], second["viruj-station-updater"]);
  assert.equal(machine.installed("viruj-server"), "installed 1.0.1");
  assert.equal(machine.read(SETTINGS), before);
  process.kill(machine.processes("viruj-server")[0], "SIGTERM");
  await waitUntil("the server to end", () => machine.processes("viruj-server").length === 0);
  startService();
  assert.equal(await waitUntil("the server's /health", healthVersion), "ok");
  process.kill(machine.processes("viruj-server")[0], "SIGTERM");
  await waitUntil("the server to end", () => machine.processes("viruj-server").length === 0);
});

step("a station without PostgreSQL says what is missing, and finds what its own package brings", async () => {
  const program = machine.launcher(desk.folder, "/usr/bin/viruj-station");
  const env = { VIRUJ_POSTGRES_DIR: undefined };
  station = await startStation(desk, { program, args: ["--demo"], env });
  await station.waitForText("problem-do-this", "viruj-station-postgres");
  await station.close();
  machine.install(first["viruj-station-postgres"]);
  station = await startStation(desk, { program, args: ["--demo"], env });
  await waitUntil("the sign-in", async () => (await station.allByTestId("sign-in")).length > 0, { seconds: 120 });
  await station.close();
  station = null;
});

step("what is removed leaves the settings, and what is purged leaves nothing but the plant's records", () => {
  machine.do("dpkg", "--remove", "viruj-server", "viruj-station-postgres");
  assert.ok(machine.exists(SETTINGS));
  assert.ok(!machine.exists("/usr/bin/viruj-server"));
  machine.do("dpkg", "--purge", "viruj-server", "viruj-station-updater", "viruj-station");
  assert.ok(!machine.exists("/etc/viruj-server"));
  assert.ok(!machine.exists("/var/lib/viruj-station-updater"));
  assert.ok(machine.exists("/var/lib/viruj-server/keys"), "keys and backups are records of the plant");
  for (const unit of ["viruj-server.service", "viruj-station-updater.path"]) {
    assert.ok(!machine.exists(`${WANTED}/${unit}`), unit);
  }
  assert.equal(machine.do("sh", "-c", "find / -xdev -name 'viruj-*' -newer /etc/hostname -path '/usr/*' | head"), "");
});
