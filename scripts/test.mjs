// `npm test`: sets up what is missing and checks everything.
// Runs before `npm ci` has, hence on Node's own modules alone.
import { installNodeModules } from "./lib/node-modules.mjs";
import * as part from "./lib/parts.mjs";
import { startPostgres } from "./lib/postgres.mjs";
import { giveUp, step } from "./lib/report.mjs";
import { checkTools, installPackages } from "./lib/requirements.mjs";
import { runParts, summarise } from "./lib/suite.mjs";

const ALL = {
  formatting: part.formatting,
  ui: part.userInterface,
  clippy: part.clippy,
  server: part.serverNeedsNoScreen,
  queries: () => part.staleQueries(database()),
  rust: () => part.rustTests(database()),
  interface: () => part.interfaceOfTheServer(database()),
  vitest: part.vitest,
  scripts: part.scriptTests,
  e2e: part.endToEnd,
  // Last: it builds the station under other versions.
  packages: part.packages,
};

// `npm test -- rust vitest` runs these alone; a whole run names none.
const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in ALL));
if (unknown.length > 0) giveUp(`no such part: ${unknown.join(", ")}; there are ${Object.keys(ALL).join(", ")}`);
const chosen = Object.entries(ALL).filter(([name]) => named.length === 0 || named.includes(name));

await step("tools", () => checkTools());
await step("packages", () => installPackages({ forTests: true }));
await step("npm ci", () => installNodeModules());

let postgres = null;
let postgresError = null;
if (chosen.some(([name]) => ["queries", "rust", "interface"].includes(name))) {
  await step("test database", async () => {
    try {
      postgres = await startPostgres();
    } catch (error) {
      postgresError = error;
    }
  });
}

// Without it the parts that need it fail, and the others still run.
function database() {
  if (!postgres) throw postgresError ?? new Error("the test database was not started");
  return postgres;
}

const outcome = await runParts(chosen);
await postgres?.stop();
const allPassed = summarise(outcome, { whole: named.length === 0 });
process.exit(allPassed ? 0 : 1);
