// A million entries of the audit trail, written by the triggers that write every other one and verified by the command.
import fs from "node:fs";
import path from "node:path";
import { buildPrograms } from "../scripts/lib/build.mjs";
import { figure, percentile } from "../scripts/lib/figures.mjs";
import { binary, cache } from "../scripts/lib/paths.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { run } from "../scripts/lib/run.mjs";

const ENTRIES = 1_000_000;
const RUNS = 3;

export async function measure([entries = String(ENTRIES)] = []) {
  const built = await buildPrograms(["viruj-server"], { examples: ["fill_trail"], release: true });
  if (!built.ok) return ["audit_verify"];
  const postgres = await startPostgres();
  const url = postgres.url();
  try {
    const begun = performance.now();
    const filled = await run(binary("examples/fill_trail", "release"), [url, entries], { quiet: true });
    if (!filled.ok) return ["audit_verify"];
    figure("audit_entries_written", Number(filled.output.trim()) / ((performance.now() - begun) / 1000), "entries/s");
    const seconds = [];
    for (let count = 0; count < RUNS; count += 1) {
      const started = performance.now();
      const verified = await verify(url);
      if (!verified) return ["audit_verify"];
      seconds.push((performance.now() - started) / 1000);
    }
    figure("audit_verify", percentile(seconds, 0.5), "s", ["<=", 10]);
    return [];
  } finally {
    await postgres.stop();
  }
}

async function verify(url) {
  const keys = path.join(cache, "bench", "audit-keys");
  fs.mkdirSync(keys, { recursive: true });
  const env = { DATABASE_URL: url, MIGRATION_DATABASE_URL: url, VIRUJ_KEY_DIR: keys };
  const done = await run(binary("viruj-server", "release"), ["audit", "verify"], { env, quiet: true });
  return done.ok && done.output.includes("The audit trail is whole.");
}
