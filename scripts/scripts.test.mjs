import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { complete, platformOf } from "./complete-lock.mjs";
import { parseEnv } from "./lib/env-file.mjs";
import { longRun } from "./lib/long-run.mjs";
import { countNotHere } from "./lib/not-here.mjs";
import { root } from "./lib/paths.mjs";
import { startPostgres } from "./lib/postgres.mjs";
import { differences } from "./lib/queries.mjs";
import { isOlder, missingOf, parseVersion } from "./lib/requirements.mjs";
import { parseCargoTest, parseNodeTest, parseVitest, toldBy } from "./lib/results.mjs";
import { run } from "./lib/run.mjs";
import { requirementsOf, traceability } from "./lib/traceability.mjs";

test("cargo's words become rows, and an ignored test is a failed one", () => {
  const output = `
     Running unittests src/lib.rs (/t/debug/deps/viruj_domain-0123456789abcdef)
test rules::sec_33_policy ... ok
test rules::slow ... ignored
     Running tests/cluster.rs (/t/debug/deps/cluster-0123456789abcdef)
test \u001b[1mit_stops\u001b[0m ... FAILED

failures:

---- it_stops stdout ----

thread 'it_stops' (1) panicked at a.rs:1:1:
it went on

failures:
    it_stops
   Doc-tests viruj_domain
test src/lib.rs - value (line 3) ... ok
test result: ok. 1 passed; 0 failed`;
  const { passed, failed, rows } = parseCargoTest(output, false);
  assert.deepEqual([passed, failed], [2, 2]);
  assert.deepEqual(rows[0], { group: "viruj-domain", name: "rules::sec_33_policy", passed: true });
  assert.equal(rows[2].group, "tests/cluster");
  assert.equal(rows[2].why, "thread 'it_stops' (1) panicked at a.rs:1:1:\nit went on");
});

test("a failed step tells why", () => {
  const line = '{"name":"a","passed":false,"why":"timed out"}\n';
  assert.equal(parseNodeTest(line, "e2e", false).rows[0].why, "timed out");
});

test("a build that fails is a failure, and so is a run without tests", () => {
  assert.equal(parseCargoTest("error: could not compile", false).failed, 1);
  assert.equal(parseCargoTest("", true).failed, 1);
  assert.equal(parseNodeTest("", "e2e", true).failed, 1);
  assert.equal(parseNodeTest('{"name":"a","passed":true}\n', "e2e", false).failed, 1);
});

test("a Vitest file that cannot be loaded is a failure", () => {
  const report = {
    testResults: [
      { name: "/x/src/a.test.tsx", status: "passed", assertionResults: [{ fullName: "a works", status: "passed" }] },
      { name: "/x/src/b.test.tsx", status: "failed", assertionResults: [] },
    ],
  };
  const { passed, failed, rows } = parseVitest(JSON.stringify(report));
  assert.deepEqual([passed, failed, rows[0].group], [1, 1, "src/a.test.tsx"]);
});

test("requirements are read from names and titles", () => {
  assert.deepEqual(requirementsOf("audit::p11_10e2_trail_is_kept"), ["P11-10e2"]);
  assert.deepEqual(requirementsOf("p11_200_1_first_signing"), ["P11-200-1"]);
  assert.deepEqual(requirementsOf("p11_300a_ids_are_unique"), ["P11-300a"]);
  assert.deepEqual(requirementsOf("a11_4_8_legacy_rows_are_adopted"), ["A11-4.8"]);
  assert.deepEqual(requirementsOf("pi041_at_a_reason"), ["PI041-AT"]);
  assert.deepEqual(requirementsOf("sec_01_no_signature"), ["SEC-1"]);
  assert.deepEqual(requirementsOf("trouble::hard_case_07_kept_out"), ["HARD-7"]);
  assert.deepEqual(requirementsOf("first run [SEC-35] [A11-16] [INV] leaves no token"), ["SEC-35", "A11-16", "INV"]);
  assert.deepEqual(requirementsOf("security_of_things [x]"), []);
});

test("what a test has told is found in the output", () => {
  const output = "successes:\n\n---- a::long_one stdout ----\nseed 7\n3 kills\n\n---- other stdout ----\nno\n\n";
  assert.deepEqual(toldBy(output, ["long_one"]), [
    { test: "long_one", line: "seed 7" },
    { test: "long_one", line: "3 kills" },
  ]);
});

test("the traceability does not depend on the order of the tests", () => {
  const rows = ["sec_33_b", "inv_a", "sec_5_c", "plain"].map((name) => ({ group: "g", name, passed: true }));
  assert.equal(traceability(rows), traceability([...rows].reverse()));
  assert.match(traceability(rows), /SEC-5 .*\n.*SEC-33 .*\n.*INV /);
  assert.doesNotMatch(traceability(rows), /plain/);
});

test("what is not possible here is counted without its heading", () => {
  assert.equal(countNotHere("# Not here\n\n| what | command | output |\n|---|---|---|\n"), 0);
  assert.equal(countNotHere("| what | command | output |\n|---|---|---|\n| a | b | c |\n"), 1);
});

test("one provider of several satisfies a requirement", () => {
  const wanted = [
    ["gnome-keyring|keepassxc", ""],
    ["xvfb", ""],
  ];
  assert.deepEqual(missingOf(wanted, new Set(["keepassxc"])), [["xvfb", ""]]);
});

test("versions are compared as numbers", () => {
  assert.deepEqual(parseVersion("cargo 1.95.0 (abc 2026-01-01)"), [1, 95]);
  assert.equal(isOlder([1, 100], [1, 95]), false);
  assert.equal(isOlder([20, 3], [20, 19]), true);
});

test(".env takes quotes, comments and export", () => {
  const values = parseEnv('# no\nexport A=1 # one\nB="two # words"\nC=postgres://a?b=c\nbad line\n');
  assert.deepEqual(values, { A: "1", B: "two # words", C: "postgres://a?b=c" });
});

test("stale descriptions of queries are told apart", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "viruj-test-"));
  const write = (side, name, text) => {
    fs.mkdirSync(path.join(folder, side), { recursive: true });
    fs.writeFileSync(path.join(folder, side, name), text);
  };
  write("old", "query-gone.json", "");
  write("old", "query-same.json", "1");
  write("old", "query-changed.json", "1");
  write("new", "query-same.json", "1");
  write("new", "query-changed.json", "2");
  write("new", "query-fresh.json", "");
  const found = differences(path.join(folder, "new"), path.join(folder, "old"));
  fs.rmSync(folder, { recursive: true });
  assert.equal(found.length, 3);
});

test("the throwaway PostgreSQL starts, answers, comes back after a kill and leaves nothing", async (t) => {
  const postgres = await startPostgres();
  t.after(() => postgres.stop());
  assert.deepEqual(postgres.query("SELECT 1, 'a b'"), [["1", "a b"]]);
  postgres.query("CREATE TABLE kept (id int)");
  // Commits are asynchronous here; a checkpoint is what this server calls durable.
  postgres.query("CHECKPOINT");
  await postgres.halt("SIGKILL");
  await postgres.restart();
  assert.deepEqual(postgres.query("SELECT count(*) FROM kept"), [["0"]]);
  await postgres.stop();
  assert.equal(fs.existsSync(postgres.folder), false);
});

test("platform packages that a mirror lacks get into the lock, and nothing else does", () => {
  assert.deepEqual(platformOf("@a/cli-linux-x64-musl"), { os: ["linux"], cpu: ["x64"], libc: ["musl"] });
  assert.deepEqual(platformOf("@a/cli-win32-ia32-msvc"), { os: ["win32"], cpu: ["ia32"] });
  assert.equal(platformOf("fsevents"), null);
  const lock = {
    packages: { "node_modules/a": { dev: true, optionalDependencies: { "a-darwin-x64": "1.0.0", b: "2.0.0" } } },
  };
  assert.deepEqual(complete(lock), ["a-darwin-x64@1.0.0"]);
  assert.deepEqual(complete(lock), []);
  assert.equal(lock.packages["node_modules/a-darwin-x64"].dev, true);
});

test("the lock is complete and names no registry", () => {
  const text = fs.readFileSync(path.join(root, "package-lock.json"), "utf8");
  assert.deepEqual(complete(JSON.parse(text)), []);
  const elsewhere = /"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/;
  assert.doesNotMatch(text, elsewhere);
});

test("a program that hangs is ended, and what it has said is kept", async () => {
  const { ok, output } = await run("sh", ["-c", "echo at the last test; tail -f /dev/null"], {
    quiet: true,
    silence: 0.01,
  });
  assert.equal(ok, false);
  assert.match(output, /^at the last test\n\nsh has said nothing for 0.01 minutes and is ended.\n$/);
});

test("the record of the long runs keeps the parts that were not run", () => {
  const row = { group: "sync", name: "seeds", passed: true };
  const ran = (name, told) => ({ name, minutes: 12.34, result: { passed: 3, failed: 0, rows: [row], told } });
  const first = longRun("", [ran("rust", [{ test: "seeds", line: "10 seeds" }]), ran("e2e")], {
    commit: "abc",
    day: "2026-11-27",
  });
  const failing = { name: "e2e", minutes: 1, result: { passed: 0, failed: 1, rows: [{ ...row, passed: false }] } };
  const second = longRun(first, [failing], { commit: "def*", day: "2026-11-28" });
  assert.match(
    second,
    /\| rust \| abc \| 2026-11-27 \| 12.3 \| 3 \| 0 \|\n\| e2e \| def\* \| 2026-11-28 \| 1.0 \| 0 \| 1 \|/,
  );
  assert.match(second, /## rust\n\n`seeds`: 10 seeds\. {2}\n\n## e2e\n\nFailed: `sync`: seeds\./);
  assert.equal(longRun(second, [], {}), second);
});
