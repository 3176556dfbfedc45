import fs from "node:fs";
import path from "node:path";
import { nativePostgres, root } from "./paths.mjs";
import { giveUp } from "./report.mjs";
import { run } from "./run.mjs";
import { hashOf, isStamped, stamp } from "./stamp.mjs";

export async function installNodeModules() {
  const wanted = hashOf(["package-lock.json"]);
  if (isStamped("npm-ci", wanted) && fs.existsSync(path.join(root, "node_modules/.package-lock.json"))) {
    return "unchanged";
  }
  const npm = await run("npm", ["ci", "--no-audit", "--no-fund"], { quiet: true });
  if (!npm.ok) {
    process.stderr.write(npm.output);
    giveUp("npm ci failed");
  }
  linkPostgres();
  stamp("npm-ci", wanted);
  return "installed";
}

// The package's own postinstall script does this too, unless npm was told to run no scripts.
export function linkPostgres() {
  const list = path.join(nativePostgres, "pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, "utf8"))) {
    const link = path.join(nativePostgres, "..", target);
    if (!fs.lstatSync(link, { throwIfNoEntry: false })) fs.symlinkSync(path.basename(source), link);
  }
}
