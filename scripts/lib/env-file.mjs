import fs from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

// `.env` serves a checkout: an installed station never reads it. What the environment says already wins.
export function readEnvFile(file = path.join(root, ".env")) {
  if (!fs.existsSync(file)) return {};
  const values = parseEnv(fs.readFileSync(file, "utf8"));
  return Object.fromEntries(Object.entries(values).filter(([name]) => process.env[name] === undefined));
}

export function parseEnv(text) {
  const values = {};
  for (const line of text.split("\n")) {
    const found = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    if (!found) continue;
    const quoted = /^(["'])(.*)\1/.exec(found[2]);
    values[found[1]] = quoted ? quoted[2] : found[2].replace(/\s+#.*$/, "");
  }
  return values;
}
