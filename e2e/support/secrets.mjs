// Looks for secrets in the files that a station leaves: [SEC-35].
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { environment } from "../../scripts/lib/paths.mjs";

// What the station keeps in the keychain of the desk: the name of the secret and its bytes.
export function keptSecrets(desk) {
  const env = environment(desk.env);
  const search = ["search", "--all", "service", "com.viruj.station"];
  const found = spawnSync("secret-tool", search, { env, encoding: "latin1" });
  const names = [...`${found.stdout}${found.stderr}`.matchAll(/^attribute\.username = (.+)$/gm)].map(
    (match) => match[1],
  );
  return new Map(
    [...new Set(names)].map((name) => {
      const lookUp = ["lookup", "service", "com.viruj.station", "username", name];
      return [name.split(".")[0], spawnSync("secret-tool", lookUp, { env }).stdout];
    }),
  );
}

// As the server keeps it: `sessions.refresh_hash`.
export function hashOfRefreshToken(token) {
  return createHash("sha256").update(Buffer.from(token.toString(), "base64url")).digest("hex");
}

const ACCESS_TOKEN = /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/;

// The forms in which a secret could be written down.
function formsOf(secret) {
  const bytes = Buffer.from(secret);
  return [
    bytes.toString("latin1"),
    ...["hex", "base64", "base64url"].map((form) => bytes.toString(form).replace(/=+$/, "")),
  ];
}

// Every file below the folder in which one of the secrets, or any access token, stands: ["name in file", …].
export function leaks(folder, secrets) {
  const wanted = [...secrets].flatMap(([name, secret]) => formsOf(secret).map((form) => [name, form]));
  const found = [];
  for (const file of filesBelow(folder)) {
    const text = fs.readFileSync(file, "latin1");
    const lowerCase = text.toLowerCase();
    for (const [name, form] of wanted) {
      if (text.includes(form) || lowerCase.includes(form.toLowerCase())) found.push(`${name} in ${file}`);
    }
    if (ACCESS_TOKEN.test(text)) found.push(`an access token in ${file}`);
  }
  return found;
}

export function filesBelow(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}
