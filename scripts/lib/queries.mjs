// The descriptions of checked queries under `.sqlx`.
//
// sqlx's macros write them themselves while they compile against a live database, when SQLX_OFFLINE_DIR names a folder.
// Cargo does not know that this variable matters, so a changing `--cfg` makes it compile the crate again.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "./paths.mjs";
import { run } from "./run.mjs";

export const QUERIES = path.join(root, ".sqlx");

const MIGRATIONS = path.join(root, "migrations/server");

// The plain schema is enough to describe queries, and needs no program that may not compile at this moment.
// The roles come first because migrations grant to them.
export function migrateBySql(postgres, database) {
  postgres.runFile(path.join(root, "crates/storage/src/bootstrap.sql"), { database });
  const files = fs.existsSync(MIGRATIONS) ? fs.readdirSync(MIGRATIONS) : [];
  for (const file of files.filter((name) => /^\d+.*(?<!\.down)\.sql$/.test(name)).sort()) {
    postgres.runFile(path.join(MIGRATIONS, file), { database });
  }
}

export async function describeQueries(postgres) {
  const database = `describe_${process.pid}`;
  postgres.createDatabase(database);
  try {
    migrateBySql(postgres, database);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return { ok: false };
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "viruj-sqlx-"));
  const live = { DATABASE_URL: postgres.url(database), SQLX_OFFLINE: "false", SQLX_OFFLINE_DIR: folder };
  const again = ["--cfg", `described_${Date.now()}`];
  const build = await run("cargo", ["rustc", "-p", "viruj-storage", "--lib", "--profile", "check", "--", ...again], {
    env: live,
  });
  return { ok: build.ok, folder };
}

// What differs between the committed descriptions and fresh ones, a line each.
export function differences(fresh, committed = QUERIES) {
  const list = (folder) =>
    fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.startsWith("query-")) : [];
  const read = (folder, name) => fs.readFileSync(path.join(folder, name), "utf8");
  const [old, now] = [list(committed), list(fresh)];
  return [
    ...now.filter((name) => !old.includes(name)).map((name) => `${name} is missing`),
    ...old.filter((name) => !now.includes(name)).map((name) => `${name} is of a query that is gone`),
    ...now
      .filter((name) => old.includes(name) && read(fresh, name) !== read(committed, name))
      .map((name) => `${name} has changed`),
  ];
}

export function replaceQueries(fresh) {
  fs.rmSync(QUERIES, { recursive: true, force: true });
  fs.mkdirSync(QUERIES, { recursive: true });
  for (const name of fs.readdirSync(fresh)) fs.copyFileSync(path.join(fresh, name), path.join(QUERIES, name));
}
