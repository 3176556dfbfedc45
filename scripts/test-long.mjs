// `npm run test:long`: the same tests in their long forms (VIRUJ_LONG=1), and a record of the run.
import fs from "node:fs";
import path from "node:path";
import { installNodeModules } from "./lib/node-modules.mjs";
import { countNotHere } from "./lib/not-here.mjs";
import * as part from "./lib/parts.mjs";
import { root } from "./lib/paths.mjs";
import { startPostgres } from "./lib/postgres.mjs";
import { say, step } from "./lib/report.mjs";
import { checkTools, installPackages } from "./lib/requirements.mjs";
import { ask } from "./lib/run.mjs";
import { runParts } from "./lib/suite.mjs";

process.env.VIRUJ_LONG = "1";

await step("tools", () => checkTools());
await step("packages", () => installPackages({ forTests: true }));
await step("npm ci", () => installNodeModules());
const postgres = await startPostgres();
const { parts, total } = await runParts([
  ["user interface", part.userInterface],
  ["rust", () => part.rustTests(postgres)],
  ["interface", () => part.interfaceOfTheServer(postgres)],
  ["vitest", part.vitest],
  ["e2e", part.endToEnd],
]);
await postgres.stop();

const commit = ask("git", ["rev-parse", "--short=12", "HEAD"]).output;
const changed = ask("git", ["status", "--porcelain", "--untracked-files=no"]).output !== "";
const record = [
  "# The last long run",
  "",
  "Written by `npm run test:long`; do not edit.",
  "",
  `Commit ${commit}${changed ? " with changes that were not committed" : ""}, ${new Date().toISOString().slice(0, 10)}.`,
  "",
  "| part | minutes | passed | failed |",
  "|---|---|---|---|",
  ...parts.map(
    ({ name, result, minutes }) => `| ${name} | ${minutes.toFixed(1)} | ${result.passed} | ${result.failed} |`,
  ),
  "",
  ...parts.flatMap(({ result }) => result.told ?? []).map(({ test, line }) => `\`${test}\`: ${line}.  `),
  "",
  ...total.rows.filter((row) => !row.passed).map((row) => `Failed: \`${row.group}\`: ${row.name}.`),
];
fs.writeFileSync(path.join(root, "docs/validation/long-run.md"), `${record.join("\n").trim()}\n`);
say(`${countNotHere()} not possible here`);
say(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
