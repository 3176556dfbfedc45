// A station in Python that is written from docs/sync-protocol.md and the OpenAPI document alone, at a real server.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startServer } from "../../e2e/support/server.mjs";
import { root } from "./paths.mjs";
import { pythonEnvironment } from "./python.mjs";
import { add, single } from "./results.mjs";
import { run } from "./run.mjs";

const GROUP = "scripts/python/station.py";

export async function stationOfTheDocument(database) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "viruj-station-of-the-document-"));
  const name = "station_of_the_document";
  let server;
  try {
    const programs = await pythonEnvironment("station", path.join(root, "scripts/python/station.txt"));
    database.createDatabase(name);
    server = await startServer({ folder, databaseUrl: database.url(name), env: { LOG_LEVEL: "warn" }, prepare: true });
    const answer = await run(path.join(programs, "python"), [path.join(root, GROUP), server.url], { quiet: true });
    const told = [...answer.output.matchAll(/^(not ok|ok) ([\w ]+)/gm)];
    if (!answer.ok || told.some(([, how]) => how !== "ok")) process.stdout.write(answer.output);
    const rows = told.map(([, how, part]) => single(GROUP, part, how === "ok"));
    return add(single(GROUP, "it runs to its end", answer.ok && told.length > 0), ...rows);
  } finally {
    await server?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
