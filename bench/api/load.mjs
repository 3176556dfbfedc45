// Load: wrk on a server, pgbench on its database.
import fs from "node:fs";
import path from "node:path";
import { root } from "../../scripts/lib/paths.mjs";
import { ask, run } from "../../scripts/lib/run.mjs";

export const CONNECTIONS = 32;

// What wrk counted, as one line that no other line looks like.
const REPORT = `
function done(summary, latency, requests)
  io.write(string.format("measured %d %d %.3f %.3f %d\\n", summary.requests, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
`;

// `request` is Lua that returns one request; the latencies are milliseconds.
export async function drive({ url, token, lua = "", folder, seconds }) {
  const script = path.join(folder, "load.lua");
  fs.writeFileSync(script, `${lua}\n${REPORT}`);
  const target = new URL(url);
  const headers = ["-H", `Authorization: Bearer ${token}`];
  const shape = ["-t", "1", "-c", String(CONNECTIONS), "-d", `${seconds}s`, "--timeout", "10s"];
  const wrk = await run("wrk", [...shape, ...headers, "-s", script, target.href], { quiet: true });
  const found = /^measured (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)$/m.exec(wrk.output);
  if (!found) throw new Error(`wrk measured nothing:\n${wrk.output}`);
  const [requests, micros, p50, p99, failed] = found.slice(1).map(Number);
  if (failed > 0) throw new Error(`${failed} of ${requests} requests to ${url} failed:\n${wrk.output}`);
  return { rate: (requests * 1e6) / micros, p50, p99 };
}

// A statement of the server as it is committed in .sqlx, for pgbench: $1 becomes :p1. `but` is what it does not hold.
export function statement(words, but = null) {
  const folder = path.join(root, ".sqlx");
  const found = fs
    .readdirSync(folder)
    .map((file) => JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")).query)
    .filter((query) => words.every((word) => query.includes(word)) && !(but && query.includes(but)));
  if (found.length !== 1) throw new Error(`${found.length} statements of the server hold ${words.join(" and ")}`);
  return found[0].replace(/\s+/g, " ").replace(/\$(\d+)/g, ":p$1");
}

export async function pgbench({ postgres, script, variables, folder, seconds }) {
  const file = path.join(folder, "statements.sql");
  fs.writeFileSync(file, script);
  const shape = ["-M", "prepared", "-n", "-c", String(CONNECTIONS), "-j", "1", "-T", String(seconds), "-f", file];
  const defined = Object.entries(variables).flatMap(([name, value]) => ["-D", `${name}=${value}`]);
  const env = { PGOPTIONS: "-c role=viruj_runtime -c viruj.plants=plant-a -c timezone=UTC" };
  const answer = await run(pgbenchProgram(), [...shape, ...defined, "-h", postgres.folder, "-U", "postgres", "viruj"], {
    env,
    quiet: true,
  });
  const rate = /^tps = ([\d.]+)/m.exec(answer.output)?.[1];
  const failed = /number of failed transactions: (\d+)/.exec(answer.output)?.[1] ?? "0";
  if (!answer.ok || !rate || failed !== "0") throw new Error(`pgbench failed:\n${answer.output}`);
  return Number(rate);
}

// Debian's wrappers look for a cluster of their own; the program itself needs none.
export function pgbenchProgram() {
  const folder = "/usr/lib/postgresql";
  const versions = fs.existsSync(folder) ? fs.readdirSync(folder).sort((a, b) => Number(b) - Number(a)) : [];
  const programs = versions.map((version) => path.join(folder, version, "bin/pgbench")).filter(fs.existsSync);
  if (programs.length > 0) return programs[0];
  if (ask("pgbench", ["--version"]).ok) return "pgbench";
  return null;
}
