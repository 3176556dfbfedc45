// What the test programs say, as counts and as rows `{ group, name, passed }`, with a `why` where a failed one gives it.
// A test that was not run counts as failed: nothing is skipped in silence.

export function count(rows) {
  const passed = rows.filter((row) => row.passed).length;
  return { passed, failed: rows.length - passed, rows };
}

export const single = (group, name, passed) => count([{ group, name, passed }]);

export function add(...results) {
  return count(results.flatMap((result) => result.rows));
}

// `cargo test` with both streams in one pipe: the line that names the program comes before its tests.
export function parseCargoTest(output, ok) {
  const rows = [];
  let group = "rust";
  for (const line of plain(output).split("\n")) {
    const program = /^\s*Running (?:unittests )?(\S+) \((?:.*\/)?([\w-]+)-[0-9a-f]{16}\)/.exec(line);
    const doctests = /^\s*Doc-tests (\S+)/.exec(line);
    if (program) group = groupOf(program[1], program[2]);
    if (doctests) group = `${doctests[1]} (documentation)`;
    const test = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)/.exec(line);
    if (test) rows.push({ group, name: test[1], passed: test[2] === "ok" });
  }
  const failed = rows.filter((row) => !row.passed);
  const told = toldBy(
    output,
    failed.map((row) => row.name.split("::").at(-1)),
  );
  for (const row of failed) {
    const own = told.filter(({ test }) => test === row.name.split("::").at(-1));
    row.why = own.map(({ line }) => line).join("\n") || undefined;
  }
  // A build that failed or a program that crashed names no failed test.
  if (!ok && rows.every((row) => row.passed)) rows.push({ group: "rust", name: "cargo test", passed: false });
  if (rows.length === 0) rows.push({ group: "rust", name: "no tests ran", passed: false });
  return count(rows);
}

// What these tests have printed, one line each, of an output that shows it.
export function toldBy(output, tests) {
  const told = [];
  let test;
  for (const line of plain(output).split("\n")) {
    const begins = /^---- (?:\S+::)?(\S+) stdout ----$/.exec(line);
    if (begins) test = tests.find((name) => name === begins[1]);
    else if (/^(successes|failures|test result):/.test(line)) test = undefined;
    else if (test && line.trim() !== "") told.push({ test, line: line.trim() });
  }
  return told;
}

function groupOf(source, program) {
  const file = source.replace(/^.*tests\//, "").replace(/(\/main)?\.rs$/, "");
  return source.includes("tests/") ? `tests/${file}` : program.replaceAll("_", "-");
}

export function parseVitest(text) {
  const rows = [];
  for (const suite of JSON.parse(text).testResults) {
    const group = suite.name.replace(/^.*\/src\//, "src/");
    for (const test of suite.assertionResults) {
      const why = test.failureMessages?.[0];
      rows.push({ group, name: test.fullName, passed: test.status === "passed", why });
    }
    if (suite.status === "failed" && suite.assertionResults.length === 0) {
      rows.push({ group, name: "could not be loaded", passed: false });
    }
  }
  if (rows.length === 0) rows.push({ group: "src", name: "no tests ran", passed: false });
  return count(rows);
}

// One JSON object a line, written by `node-test-reporter.mjs`.
export function parseNodeTest(text, group, ok) {
  const rows = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map(({ name, file, passed, why }) => ({ group: file ?? group, name, passed, why }));
  if (rows.length === 0) rows.push({ group, name: "no tests ran", passed: false });
  if (!ok && rows.every((row) => row.passed)) rows.push({ group, name: "the test program", passed: false });
  return count(rows);
}

// Colours.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const plain = (text) => text.replace(/\u001b\[[0-9;]*m/g, "");
