// The parts of `npm test`, each a function that returns counted rows.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildPrograms, buildUi } from "./build.mjs";
import { openInterface } from "./interface.mjs";
import { binary, nativePostgres, root } from "./paths.mjs";
import { describeQueries, differences } from "./queries.mjs";
import { say } from "./report.mjs";
import { add, parseCargoTest, parseNodeTest, parseVitest, single, toldBy } from "./results.mjs";
import { run } from "./run.mjs";
import { stationOfTheDocument } from "./station-of-the-document.mjs";

async function check(group, name, command, args, options) {
  const { ok } = await run(command, args, options);
  return single(group, name, ok);
}

export async function formatting() {
  return add(
    await check("formatting", "cargo fmt", "cargo", ["fmt", "--all", "--check"]),
    await check("formatting", "biome check", "npm", ["run", "--silent", "lint"]),
  );
}

export async function userInterface() {
  const build = await buildUi();
  if (!build.ok) process.stdout.write(build.output);
  return add(
    single("user interface", "vite build", build.ok),
    await check("user interface", "tsc", "npx", ["--no-install", "tsc", "--noEmit"]),
  );
}

export async function clippy() {
  const args = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
  return check("clippy", "cargo clippy", "cargo", args, { env: { SQLX_OFFLINE: "true" } });
}

// The committed descriptions must be what the migrated database says; clippy has compiled from them without one.
export async function staleQueries(database) {
  const described = await describeQueries(database);
  const stale = described.ok ? differences(described.folder) : ["the live build failed"];
  for (const line of stale) process.stdout.write(`.sqlx: ${line} (npm run sqlx:prepare)\n`);
  if (described.folder) fs.rmSync(described.folder, { recursive: true, force: true });
  return single("queries", ".sqlx says what the database says", stale.length === 0);
}

// A plant server has no screen: nothing that it is built from may need one.
export async function serverNeedsNoScreen() {
  const tree = await run(
    "cargo",
    ["tree", "--package", "viruj-server", "--edges", "normal,build", "--prefix", "none"],
    {
      quiet: true,
    },
  );
  const screens = tree.output
    .split("\n")
    .filter((line) => /^(webkit2gtk|javascriptcore|gtk|tauri|wry|tao)\b/.test(line));
  for (const line of screens) process.stdout.write(`viruj-server is built from ${line}\n`);
  return single("server", "viruj-server is built without WebKit", tree.ok && screens.length === 0);
}

// Tests whose long forms take minutes, and tell what they met.
const LONG_TESTS = [
  "invariants_hold_for_every_seed",
  "planted_bugs_are_found_and_their_seeds_replay",
  "killed_processes_lose_nothing_and_double_nothing",
  "alcoa_c_what_was_acknowledged_outlives_the_power",
];

export async function rustTests(database) {
  const env = {
    DATABASE_URL: database.url(),
    SQLX_OFFLINE: "false",
    VIRUJ_POSTGRES_DIR: nativePostgres,
    CARGO_TERM_COLOR: "never",
  };
  const built = await buildPrograms(["viruj-server"], { env: { SQLX_OFFLINE: "true" } });
  const migrated = built.ok ? await run(binary("viruj-server"), ["migrate"], { env }) : built;
  // The station's tests need a session bus and an unlocked keychain of their own.
  // One pipe for both streams keeps the name of a test program before its tests.
  const session = "crates/station/tests/support/with-keyring.sh";
  // A long run reports what its tests have told.
  const told = process.env.VIRUJ_LONG ? " -- --show-output" : "";
  // No test of the short run and no crate's compilation is silent for so long.
  const silence = process.env.VIRUJ_LONG ? 90 : 12;
  const command = `exec ${session} cargo test --workspace --no-fail-fast${told} 2>&1`;
  const tests = await run("sh", ["-c", command], { env, silence });
  const result = add(
    single("rust", "the test database is migrated", migrated.ok),
    parseCargoTest(tests.output, tests.ok),
  );
  return { ...result, told: toldBy(tests.output, LONG_TESTS) };
}

export async function interfaceOfTheServer(database) {
  const built = await buildPrograms(["viruj-server"], { env: { SQLX_OFFLINE: "true" } });
  if (!built.ok) return single("interface", "the server is built", false);
  return add(await openInterface(database), await stationOfTheDocument(database));
}

export async function vitest() {
  const report = path.join(os.tmpdir(), `viruj-vitest-${process.pid}.json`);
  await run("npx", [
    "--no-install",
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  if (!fs.existsSync(report)) return single("src", "vitest", false);
  const text = fs.readFileSync(report, "utf8");
  fs.rmSync(report);
  return parseVitest(text);
}

export const scriptTests = () => nodeTests("scripts", filesOf("scripts"));

export async function endToEnd() {
  const build = await buildPrograms(["viruj-station", "viruj-server"], { env: { SQLX_OFFLINE: "true" } });
  if (!build.ok) return single("e2e", "the programs are built", false);
  // One file at a time: each has a screen, a bus and a keychain of its own, and two cores are soon busy.
  const results = [];
  for (const file of filesOf("e2e")) results.push(await inTheWindow(file));
  return results.length === 0 ? single("e2e", "no tests found", false) : add(...results);
}

// What is installed, and what an installed station becomes.
export async function packages() {
  if (process.getuid() !== 0) {
    say("The packages are not tried: installing them on a root of their own takes root, which CI has.");
    return add();
  }
  if (!(await buildUi()).ok) return single("packages", "the user interface is built", false);
  const results = [];
  for (const file of filesOf("packaging")) results.push(await inTheWindow(file));
  return add(...results);
}

// The web view's process crashes now and then under the driver, which finds the page no more: that says nothing about
// the station, so the file is run once more. A second crash counts, and so does every other failure.
async function inTheWindow(file) {
  const lost = path.join(os.tmpdir(), `viruj-lost-pages-${process.pid}`);
  const result = await nodeTests(file, [file], { VIRUJ_LOST_PAGES: lost });
  if (!fs.existsSync(lost)) return result;
  const told = fs.readFileSync(lost, "utf8").trim();
  fs.rmSync(lost);
  if (result.failed === 0) return result;
  say(`The web view crashed while ${file} ran, which is run once more:\n${told}`);
  return nodeTests(file, [file]);
}

async function nodeTests(group, files, env = {}) {
  if (files.length === 0) return single(group, "no tests found", false);
  const report = path.join(os.tmpdir(), `viruj-${path.basename(group)}-${process.pid}.jsonl`);
  const reporters = [
    ["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ["--test-reporter=./scripts/lib/node-test-reporter.mjs", `--test-reporter-destination=${report}`],
  ].flat();
  // A test that leaves a program behind, or waits for ever, must not keep the others from being counted.
  const limits = ["--test-force-exit", "--test-timeout=600000"];
  const tests = await run("node", ["--test", ...limits, ...reporters, ...files], {
    env: { VIRUJ_POSTGRES_DIR: nativePostgres, ...env },
  });
  const text = fs.existsSync(report) ? fs.readFileSync(report, "utf8") : "";
  fs.rmSync(report, { force: true });
  return parseNodeTest(text, group, tests.ok);
}

function filesOf(folder) {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(".test.mjs"))
    .map((name) => path.join(folder, name))
    .sort();
}
