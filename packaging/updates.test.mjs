// An installed station is updated by its plant server: found, fetched, verified, installed, and running again with all that
// it held. What is no release is refused, and after everything that goes wrong the version before still starts.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { after, before } from "node:test";
import { setUpDesk } from "../e2e/support/desk.mjs";
import { startMachine } from "../e2e/support/machine.mjs";
import { ADMINISTRATOR, OPERATOR, registerStation, signIn, signOut } from "../e2e/support/people.mjs";
import { freePort } from "../e2e/support/processes.mjs";
import { serverCommand, startServer } from "../e2e/support/server.mjs";
import { SIZES, startStation } from "../e2e/support/station.mjs";
import { startStory } from "../e2e/support/story.mjs";
import { buildPackages, releaseKey, signPackage } from "../scripts/lib/packages.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { ask } from "../scripts/lib/run.mjs";
import { waitUntil } from "../scripts/lib/wait.mjs";

const SPOOL = "/var/spool/viruj-station";
const STATE = "/var/lib/viruj-station-updater";
const UPDATER = "/usr/sbin/viruj-station-updater";
const PROGRAM = "/usr/bin/viruj-station";
// A package is larger than this; the connection is lost here, once.
const CUT_AFTER = 4 * 1024 * 1024;

const [SMALL] = SIZES;
const LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const built = {};
let builder;
let stranger;
let desk;
let postgres;
let server;
let proxy;
let machine;
let station;
const step = startStory(() => station);

before(
  async () => {
    desk = await setUpDesk();
    builder = await releaseKey(path.join(desk.folder, "builder"));
    stranger = await releaseKey(path.join(desk.folder, "stranger"));
    const common = { profile: "debug", trusted: [builder.publicKey], sign: builder };
    built["1.1.0"] = (await buildPackages({ ...common, names: ["viruj-station"], version: "1.1.0" }))["viruj-station"];
    const first = await buildPackages({
      ...common,
      names: ["viruj-station", "viruj-station-updater"],
      version: "1.0.0",
    });
    built["1.0.0"] = first["viruj-station"];
    built.updater = first["viruj-station-updater"];
    postgres = await startPostgres();
    const releases = path.join(desk.folder, "releases");
    fs.mkdirSync(path.join(releases, "keys"), { recursive: true });
    fs.writeFileSync(path.join(releases, "keys", "builder.pub"), builder.publicKey);
    const env = { VIRUJ_RELEASE_DIR: releases };
    server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), env, prepare: true });
    proxy = await startProxy(server.port);
    machine = await startMachine();
    machine.install(built["1.0.0"], built.updater);
  },
  { timeout: 900_000 },
);

after(async () => {
  await station?.close().catch(() => undefined);
  await machine?.stop();
  await proxy?.stop();
  await server?.stop();
  await postgres?.stop();
  await desk?.clear();
});

// A line to the server that breaks once, in the middle of something long.
async function startProxy(port) {
  const sockets = new Set();
  const seen = { cuts: 0, ranges: [], lie: null };
  const listener = net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1");
    let passed = 0;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .on("error", () => undefined)
        .on("close", () => {
          sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    near.on("data", (data) => {
      const range = /^range: (.+?)\r$/im.exec(data.toString("latin1"));
      if (range) seen.ranges.push(range[1]);
      far.write(data);
    });
    far.on("data", (data) => {
      passed += data.length;
      if (seen.lie && data.includes(seen.lie.says)) {
        near.write(data.toString("latin1").replace(seen.lie.says, seen.lie.instead), "latin1");
        return;
      }
      if (seen.cuts === 0 && !seen.lie && passed > CUT_AFTER) {
        seen.cuts += 1;
        near.destroy();
        return;
      }
      // Whoever reads slowly holds the sender up.
      if (!near.write(data)) {
        far.pause();
        near.once("drain", () => far.resume());
      }
    });
  });
  const own = await freePort();
  await new Promise((resolve) => listener.listen(own, "127.0.0.1", resolve));
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => listener.close(resolve));
  };
  return { url: `http://127.0.0.1:${own}`, seen, stop };
}

async function startInstalled(more = {}) {
  const env = { VIRUJ_SERVER_URL: proxy.url, VIRUJ_UPDATE_EVERY: "1", VIRUJ_UPDATE_ANNOUNCED: "3600", ...more };
  return startStation(desk, { env, program: machine.launcher(desk.folder, PROGRAM) });
}

function publish(file, version, more = []) {
  const args = ["release", "publish", file, "--version", version, "--notes", "What is new", "--ring", "all", ...more];
  return serverCommand(args, server.env);
}

const releaseRow = (version) =>
  postgres.query(
    `SELECT state, coalesce(stopped_because, ''), (SELECT string_agg(outcome, ',') FROM station_updates
       WHERE release_id = releases.id) FROM releases WHERE concat_ws('.', major, minor, patch) = '${version}'`,
  )[0];

const stations = () => postgres.query("SELECT program_version, id FROM stations WHERE name = 'Granulation 2'");
// What a person reads; the driver leaves out what stands in a cell that could cut it.
const wordsOf = (id) =>
  station.driver.executeScript("return document.querySelector(arguments[0])?.innerText", `[data-testid="${id}"]`);
const unsent = async () => Number(await (await station.byTestId("unsent-count")).getAttribute("data-count"));
const health = () => machine.read(`${SPOOL}/health`);
const status = () => JSON.parse(machine.read(`${STATE}/status.json`) ?? "{}");
const installed = () => machine.installed("viruj-station");
const stillStarts = () => machine.ask(PROGRAM, "--version").ok;

// What systemd does when something is offered.
async function update(seconds = 60) {
  const running = machine.start(UPDATER, "--health-within", String(seconds));
  const exit = await new Promise((resolve) => running.once("exit", resolve));
  return { exit, ...status() };
}

// Puts files into the spool as the station's account can, and lets the updater look.
async function offer(file, signature, seconds) {
  machine.do("cp", file, `${SPOOL}/update.deb`);
  if (signature === null) machine.ask("rm", "-f", `${SPOOL}/update.deb.sig`);
  else machine.do("cp", signature, `${SPOOL}/update.deb.sig`);
  machine.do("touch", `${SPOOL}/request`);
  return update(seconds);
}

// The same program under another version, or changed as `change` does it, and signed.
async function repack(from, version, change = () => undefined, key = builder) {
  const folder = path.join(desk.folder, `repack-${version}`);
  const file = path.join(desk.folder, `viruj-station_${version}.deb`);
  const done = (...args) => {
    const answer = ask("dpkg-deb", args);
    if (!answer.ok) throw new Error(answer.error);
  };
  done("--raw-extract", built[from], folder);
  const control = path.join(folder, "DEBIAN", "control");
  fs.writeFileSync(control, fs.readFileSync(control, "utf8").replace(/^Version: .*$/m, `Version: ${version}`));
  change(folder);
  done("-Zgzip", "-z1", "--root-owner-group", "--build", folder, file);
  fs.rmSync(folder, { recursive: true });
  return { file, signature: await signPackage(file, version, key) };
}

step("1.0 is installed, registered, and says that it works", async () => {
  assert.equal(installed(), "installed 1.0.0");
  station = await startInstalled();
  await registerStation(station);
  await waitUntil("the mark of health", () => health() === "1.0.0");
  assert.equal(stations()[0][0], "1.0.0");
  await signIn(station, OPERATOR);
  await station.byTestId("shell");
});

step("[SEC-37] whoever announces a package under a higher number than its own is not believed", async () => {
  // As long as the true one, so that nothing else of the answer changes.
  proxy.seen.lie = { says: '"version":"1.1.0"', instead: '"version":"1.9.0"' };
  publish(built["1.1.0"], "1.1.0");
  const log = path.join(desk.stationData, "logs", "station.log");
  const mismatch = "signed for version 1.1.0 but the update endpoint announced version 1.9.0";
  await waitUntil("the station to refuse it", () => fs.readFileSync(log, "utf8").includes(mismatch));
  proxy.seen.lie = null;
  assert.ok(!machine.exists(`${SPOOL}/request`));
  assert.equal(installed(), "installed 1.0.0");
});

step("[SEC-36] a release that the network cuts in two is put together, verified and announced", async () => {
  await station.waitForText("update-notice", "Version 1.1.0 will be installed at");
  await station.screenshots("update", LOOKS);
  assert.equal(proxy.seen.cuts, 1);
  assert.match(proxy.seen.ranges.at(-1), /^bytes=\d{7,}-$/, "only the rest was asked for");
  assert.ok(!machine.exists(`${SPOOL}/request`), "whoever works is asked first");
  assert.equal(installed(), "installed 1.0.0");
});

step("whoever works puts it off, and it comes when nobody works any more", async () => {
  await station.clickTestId("update-postpone");
  await waitUntil("the announcement to be gone", async () => (await station.allByTestId("update-notice")).length === 0);
  await signOut(station);
  assert.ok(!machine.exists(`${SPOOL}/request`));
  await station.close();
  // The next start has forgotten that somebody was asked.
  station = await startInstalled();
  await station.byTestId("sign-in");
  await waitUntil("the package to be handed over", () => machine.exists(`${SPOOL}/request`), { seconds: 60 });
});

step("the updater installs it, and the station runs again as 1.1 with what it held", async () => {
  const before = machine.processes("viruj-station");
  const [[, own]] = stations();
  // The network goes, and somebody works on: what is recorded now is nowhere else.
  await server.stop();
  await signIn(station, OPERATOR);
  await station.byTestId("shell");
  await waitUntil("something unsent", async () => (await unsent()) > 0);
  const ended = await update();
  assert.deepEqual([ended.exit, ended.outcome, ended.version], [0, "healthy", "1.1.0"]);
  assert.equal(installed(), "installed 1.1.0");
  assert.equal(health(), "1.1.0");
  const now = machine.processes("viruj-station");
  assert.ok(now.length > 0 && now.every((pid) => !before.includes(pid)), "another process");
  machine.kill(...now);
  await station.abandon();
  station = await startInstalled();
  await station.byTestId("shell");
  assert.ok((await unsent()) > 0, "what was recorded is still here");
  await server.start();
  await waitUntil("all to be sent", async () => (await unsent()) === 0);
  await waitUntil("the server to hear of it", () => releaseRow("1.1.0")[2] === "healthy");
  assert.deepEqual(stations(), [["1.1.0", own]], "it is the same station, with the same store and keys");
});

step("[SEC-36] what no trusted builder has signed for this station is refused", async () => {
  const good = await repack("1.1.0", "1.2.0");
  const file = good.file;
  const cut = path.join(desk.folder, "cut.deb");
  fs.writeFileSync(cut, fs.readFileSync(file).subarray(0, -1000));
  const bad = path.join(desk.folder, "bad.sig");
  fs.writeFileSync(bad, "bad");
  const strangers = path.join(desk.folder, "stranger.deb");
  fs.copyFileSync(file, strangers);
  await signPackage(strangers, "1.2.0", stranger);
  const other = await repack("1.1.0", "1.2.1", (folder) => {
    const control = path.join(folder, "DEBIAN", "control");
    fs.writeFileSync(control, fs.readFileSync(control, "utf8").replace("Architecture: amd64", "Architecture: arm64"));
  });
  const homemade = path.join(desk.folder, "homemade.deb");
  fs.copyFileSync(file, homemade);
  for (const [what, package_, signature, code] of [
    ["bad signature", file, bad, "release_signature_invalid"],
    ["no signature", homemade, null, "update_failed"],
    ["another key", strangers, `${strangers}.sig`, "release_key_unknown"],
    ["cut short", cut, good.signature, "release_signature_wrong"],
    ["another platform", other.file, other.signature, "release_platform_other"],
    ["the updater's own package", built.updater, good.signature, "release_signature_wrong"],
  ]) {
    const ended = await offer(package_, signature);
    assert.deepEqual([ended.outcome, ended.code], ["refused", code], `${what}: ${ended.detail}`);
    assert.equal(installed(), "installed 1.1.0", what);
    assert.ok(stillStarts(), what);
  }
  // A link is not followed: what the station's account may not read is not read for it.
  machine.do("ln", "-sf", "/etc/shadow", `${SPOOL}/update.deb.sig`);
  machine.do("touch", `${SPOOL}/request`);
  assert.equal((await update()).outcome, "refused");
  machine.do("rm", `${SPOOL}/update.deb.sig`);
});

step("[SEC-37] an old package, validly signed, is not installed, whatever it is announced as", async () => {
  const old = await offer(built["1.0.0"], `${built["1.0.0"]}.sig`);
  assert.deepEqual([old.outcome, old.code], ["refused", "release_not_newer"]);
  const again = await offer(built["1.1.0"], `${built["1.1.0"]}.sig`);
  assert.deepEqual([again.outcome, again.code], ["refused", "release_not_newer"]);
  // The server takes it for no other version either.
  assert.throws(() => publish(built["1.0.0"], "1.3.0"), /the signature is for version 1\.0\.0/);
  assert.equal(installed(), "installed 1.1.0");
});

step("a release that dies at its start is taken back by itself, and stops for everybody", async () => {
  const dead = await repack("1.1.0", "1.2.0", (folder) => {
    fs.writeFileSync(path.join(folder, "usr/bin/viruj-station"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  });
  await signOut(station);
  publish(dead.file, "1.2.0");
  await waitUntil("the package to be handed over", () => machine.exists(`${SPOOL}/request`), { seconds: 60 });
  const ended = await update(10);
  assert.deepEqual([ended.outcome, ended.version, ended.code], ["put_back", "1.2.0", "release_unhealthy"]);
  assert.equal(installed(), "installed 1.1.0");
  assert.equal(machine.processes("viruj-station").length, 0, "the dead one took the running one's place");
  await station.abandon();
  // What systemd does with a station that has ended.
  station = await startInstalled();
  await station.byTestId("sign-in");
  await waitUntil("the release to be paused", () => releaseRow("1.2.0")[0] === "paused");
  assert.deepEqual(releaseRow("1.2.0"), ["paused", "system:update_put_back", "put_back"]);
  const again = await offer(dead.file, dead.signature);
  assert.deepEqual([again.outcome, again.code], ["refused", "release_was_unhealthy"]);
});

step("an administrator sees why it has stopped, and withdraws it for good", async () => {
  await signIn(station, ADMINISTRATOR);
  await station.clickTestId("menu-releases");
  await waitUntil("the releases", async () => (await wordsOf("release-row-1.2.0"))?.includes("1 went wrong"));
  assert.match(
    await wordsOf("release-row-1.1.0"),
    /1 has it/,
    "a file that is offered once more changes nothing of that",
  );
  await station.screenshots("releases", LOOKS);
  await station.clickTestId("release-row-1.2.0");
  await station.waitForText("release-stopped", "A station took it back");
  await station.screenshots("release", LOOKS);
  await station.clickTestId("release-change");
  await station.clickTestId("rollout-state");
  await station.chooseOption("Withdrawn");
  await station.clickTestId("form-save");
  await station.waitForText("rollout-form", "the change needs a reason");
  await station.screenshots("rollout", LOOKS);
  await station.typeInto("change-reason", "It does not start");
  await station.clickTestId("form-save");
  await station.waitForText("release-state", "Withdrawn");
  assert.deepEqual(releaseRow("1.2.0").slice(0, 2), ["withdrawn", "It does not start"]);
  await station.clickTestId("release-sheet-close");
  await signOut(station);
});

step("the power goes during an installation: the next start puts the version before back", async () => {
  await station.close();
  const { file, signature } = await repack("1.1.0", "1.3.0");
  machine.do("cp", file, `${SPOOL}/update.deb`);
  machine.do("cp", signature, `${SPOOL}/update.deb.sig`);
  machine.do("touch", `${SPOOL}/request`);
  const running = machine.start(UPDATER);
  await waitUntil("the package manager to be at it", () => machine.processes("dpkg-deb").length > 0, { every: 1 });
  machine.kill(
    ...machine.processes("viruj-station-updater"),
    ...machine.processes("dpkg"),
    ...machine.processes("dpkg-deb"),
  );
  await waitUntil("the updater to be gone", () => running.exitCode !== null || running.signalCode !== null);
  const ended = await update();
  assert.deepEqual([ended.outcome, ended.version, ended.code], ["put_back", "1.3.0", "update_interrupted"]);
  assert.equal(installed(), "installed 1.1.0");
  assert.ok(stillStarts());
});

step("a full disk refuses the release before anything changes", async () => {
  const { file, signature } = await repack("1.1.0", "1.3.0");
  machine.do("cp", "-a", STATE, "/root/kept");
  machine.do("mount", "-t", "tmpfs", "-o", "size=8m", "viruj", STATE);
  machine.do("cp", "/root/kept/state.json", STATE);
  const ended = await offer(file, signature);
  assert.deepEqual([ended.outcome, ended.code], ["refused", "disk_full"]);
  machine.do("umount", STATE);
  assert.equal(installed(), "installed 1.1.0");
  assert.ok(stillStarts());
});

step("a builder's key follows another one: first the release that brings it along", async () => {
  const next = stranger;
  // Where the mark of health is not what is tried here, it stands before the station could write it.
  const bringsBoth = await repack("1.1.0", "1.4.0", (folder) => {
    const keys = path.join(folder, "usr/share/viruj-station/release-keys");
    fs.writeFileSync(path.join(keys, "builder-2.pub"), `${next.publicKey}\n`);
  });
  const bySecond = await repack("1.1.0", "1.5.0", () => undefined, next);
  const early = await offer(bySecond.file, bySecond.signature);
  assert.deepEqual([early.outcome, early.code], ["refused", "release_key_unknown"]);
  const markWhenInstalled = async (version) => {
    await waitUntil(version, () => installed() === `installed ${version}`, { seconds: 60 });
    machine.do("sh", "-c", `echo ${version} > ${SPOOL}/health`);
  };
  for (const [{ file, signature }, version] of [
    [bringsBoth, "1.4.0"],
    [bySecond, "1.5.0"],
  ]) {
    const [ended] = await Promise.all([offer(file, signature), markWhenInstalled(version)]);
    assert.deepEqual([ended.outcome, ended.version], ["healthy", version], ended.detail);
  }
});
