// `npm run sqlx:prepare`: describes the checked queries anew, after a query or a migration has changed.
import fs from "node:fs";
import { startPostgres } from "./lib/postgres.mjs";
import { describeQueries, differences, replaceQueries } from "./lib/queries.mjs";
import { giveUp, say } from "./lib/report.mjs";

const postgres = await startPostgres();
try {
  const described = await describeQueries(postgres);
  if (!described.ok) giveUp("the queries do not compile against the migrated database; the reason is above");
  const changes = differences(described.folder);
  replaceQueries(described.folder);
  fs.rmSync(described.folder, { recursive: true, force: true });
  for (const change of changes) say(change);
  say(changes.length === 0 ? ".sqlx was up to date" : `.sqlx: ${changes.length} changes`);
} finally {
  await postgres.stop();
}
