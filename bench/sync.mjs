// Synchronising: the first copy of a large plant, pulls, search, a hundred stations at once, beside what the disk can do.
// `npm run bench -- sync first hundred` measures these alone.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { freePort, TiedProcess } from "../e2e/support/processes.mjs";
import { buildPrograms } from "../scripts/lib/build.mjs";
import { binary, cache, environment } from "../scripts/lib/paths.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { say, step } from "../scripts/lib/report.mjs";
import { ask, run } from "../scripts/lib/run.mjs";
import { waitUntil } from "../scripts/lib/wait.mjs";
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
  fs.mkdirSync(path.join(cache, "bench"), { recursive: true });
  const { output } = await run(binary("examples/append_bench", "release"), [path.join(cache, "bench")]);
  return output;
}

async function measureParts(parts) {
  const folder = fs.mkdtempSync(path.join(cache, "bench", "sync-"));
  // Started by root, PostgreSQL runs as an account that root's own cache is closed to.
  const postgres = await startPostgres({ durable: true, under: "/var/tmp" });
  let server;
  try {
    const port = await freePort();
    const env = {
      DATABASE_URL: postgres.url(),
      SECRET_KEY: "YmVuY2htYXJrIG9mIHRoZSBwbGFudCBzZXJ2ZXIgMDEyMzQ1Njc4OQ",
      VIRUJ_KEY_DIR: path.join(folder, "keys"),
      LOG_LEVEL: "warn",
    };
    for (const args of [["migrate"], ["seed", "demo"]]) {
      const answer = ask(binary("viruj-server", "release"), args, { env: environment(env) });
      if (!answer.ok) throw new Error(answer.error);
    }
    await step("rows", () => load(postgres));
    const log = path.join(folder, "server.log");
    server = new TiedProcess(binary("viruj-server", "release"), ["serve", "--port", String(port)], { env, log });
    const url = `http://127.0.0.1:${port}`;
    await waitUntil("the server to answer", () => {
      server.assertRunning();
      return fetch(`${url}/health`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
    return await drive(postgres, [path.join(cache, "bench"), url, ...parts]);
  } catch (error) {
    process.stderr.write(`${error.stack}\n`);
    return "";
  } finally {
    await server?.end();
    await postgres.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
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
