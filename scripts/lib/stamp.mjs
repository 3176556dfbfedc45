// Remembers what a step was last done for, so that it is not done again for the same thing.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { cache, root } from "./paths.mjs";

// Clones share the cache but not their node_modules, so a stamp belongs to a clone.
function stampFile(name) {
  const clone = crypto.createHash("sha256").update(root).digest("hex").slice(0, 12);
  return path.join(cache, "stamps", `${name}-${clone}`);
}

export function isStamped(name, value) {
  try {
    return fs.readFileSync(stampFile(name), "utf8") === value;
  } catch {
    return false;
  }
}

export function stamp(name, value) {
  fs.mkdirSync(path.dirname(stampFile(name)), { recursive: true });
  fs.writeFileSync(stampFile(name), value);
}

// Names and contents of all files below the paths given.
export function hashOf(paths) {
  const hash = crypto.createHash("sha256");
  for (const start of paths) {
    for (const file of filesBelow(path.join(root, start))) {
      hash
        .update(`${path.relative(root, file)}\0`)
        .update(fs.readFileSync(file))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

function filesBelow(start) {
  const kind = fs.statSync(start, { throwIfNoEntry: false });
  if (!kind) return [];
  if (kind.isFile()) return [start];
  const entries = fs.readdirSync(start, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
