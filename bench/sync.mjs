// Synchronising: the first copy of a large plant, pulls, search, a hundred stations at once, beside what the disk can do.
// `npm run bench -- sync first hundred` measures these alone.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { startServer } from "../e2e/support/server.mjs";
import { buildPrograms } from "../scripts/lib/build.mjs";
import { binary, cache } from "../scripts/lib/paths.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { say, step } from "../scripts/lib/report.mjs";
import { run } from "../scripts/lib/run.mjs";
import { addLots, load } from "./sync/data.mjs";

const FIGURES = {
  first: ["first_sync_of_limit", "applying_of_limit", "first_sync_memory", "pull_of_1000"],
  search: ["search_p95"],
  hundred: ["hundred_stations_drained"],
};

export async function measure(named) {
  const programs = { examples: ["sync_bench", "append_bench"], release: true, env: { SQLX_OFFLINE: "true" } };
  const built = await buildPrograms(["viruj-server"], programs);
  if (!built.ok) return [...Object.values(FIGURES).flat(), "durable_entry"];
  const printed = named.length === 0 || named.includes("entry") ? await measureEntries() : "";
  const parts = named.filter((part) => part in FIGURES);
  const wanted = named.length === 0 ? Object.keys(FIGURES) : parts;
  const all = wanted.length === 0 ? printed : printed + (await measureParts(wanted));
  const expected = wanted.flatMap((part) => FIGURES[part]);
  return expected.filter((name) => !new RegExp(`^figure ${name} `, "m").test(all));
}

// From the tap to both files, beside a bare write with fsync.
async function measureEntries() {
  const { output } = await run(binary("examples/append_bench", "release"), [benchFolder()]);
  return output;
}

async function measureParts(parts) {
  const folder = fs.mkdtempSync(path.join(benchFolder(), "sync-"));
  // Started by root, PostgreSQL runs as an account that root's own cache is closed to.
  const postgres = await startPostgres({ durable: true, under: "/var/tmp" });
  let server;
  try {
    const env = { LOG_LEVEL: "warn" };
    server = await startServer({ folder, databaseUrl: postgres.url(), env, prepare: true, profile: "release" });
    await step("rows", () => load(postgres));
    return await drive(postgres, [benchFolder(), server.url, ...parts]);
  } catch (error) {
    process.stderr.write(`${error.stack}\n`);
    return "";
  } finally {
    await server?.stop();
    await postgres.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function benchFolder() {
  const folder = path.join(cache, "bench");
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

// The station's side asks for changes where it measures a pull.
async function drive(postgres, args) {
  const station = spawn(binary("examples/sync_bench", "release"), args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => station.once("exit", resolve));
  let printed = "";
  for await (const line of readline.createInterface({ input: station.stdout })) {
    if (line.startsWith("change ")) {
      addLots(postgres, Number(line.split(" ")[1]));
      station.stdin.write("done\n");
    } else {
      say(line);
      printed += `${line}\n`;
    }
  }
  if ((await ended) !== 0) say("the station's side failed");
  return printed;
}
