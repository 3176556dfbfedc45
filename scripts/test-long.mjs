// `npm run test:long`: the same tests in their long forms (VIRUJ_LONG=1), and a record of the run.
// `npm run test:long -- rust e2e` runs these parts; the record keeps what it has of the others.
import fs from "node:fs";
import path from "node:path";
import { longRun } from "./lib/long-run.mjs";
import { installNodeModules } from "./lib/node-modules.mjs";
import { countNotHere } from "./lib/not-here.mjs";
import * as part from "./lib/parts.mjs";
import { root } from "./lib/paths.mjs";
import { startPostgres } from "./lib/postgres.mjs";
import { giveUp, say, step } from "./lib/report.mjs";
import { checkTools, installPackages } from "./lib/requirements.mjs";
import { ask } from "./lib/run.mjs";
import { runParts } from "./lib/suite.mjs";

const PARTS = {
  "user interface": part.userInterface,
  rust: (postgres) => part.rustTests(postgres),
  interface: (postgres) => part.interfaceOfTheServer(postgres),
  vitest: part.vitest,
  e2e: part.endToEnd,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in PARTS));
if (unknown.length > 0) giveUp(`no such part: ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}`);
process.env.VIRUJ_LONG = "1";

await step("tools", () => checkTools());
await step("packages", () => installPackages({ forTests: true }));
await step("npm ci", () => installNodeModules());
const postgres = await startPostgres();
const chosen = Object.entries(PARTS).filter(([name]) => named.length === 0 || named.includes(name));
// A change during the run would make the commit's name a lie.
const commit = ask("git", ["rev-parse", "--short=12", "HEAD"]).output;
const isChanged = ask("git", ["status", "--porcelain", "--untracked-files=no"]).output !== "";
const { parts, total } = await runParts(chosen.map(([name, work]) => [name, () => work(postgres)]));
await postgres.stop();

const file = path.join(root, "docs/validation/long-run.md");
const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
// A star: with changes that were not committed.
const at = { commit: isChanged ? `${commit}*` : commit, day: new Date().toISOString().slice(0, 10) };
fs.writeFileSync(file, longRun(before, parts, at));
say(`${countNotHere()} not possible here`);
say(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
