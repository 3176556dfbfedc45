// schemathesis over the whole OpenAPI document: no answer of 5xx and none that the document does not know, for people
// of several roles, as clients of /api/v1 and as old clients, with what one answer gives used in the next request.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startServer } from "../../e2e/support/server.mjs";
import { root } from "./paths.mjs";
import { pythonEnvironment } from "./python.mjs";
import { add, single } from "./results.mjs";
import { run } from "./run.mjs";
import { signIn } from "./sign-in.mjs";

const REQUIREMENTS = path.join(root, "scripts/python/schemathesis.txt");
const DOCUMENT = path.join(root, "openapi/viruj-server.json");
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];
// What ends the session that everything else needs, or counts attempts of the address.
const APART = ["sessions_close_current", "legacy_logout"];

// Those who do most at their stations; the long run takes everybody of the demo.
const THREE = ["System Admin", "QA Manager", "Security Officer"];

export async function openInterface(database) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "viruj-interface-"));
  const name = "interface";
  let server;
  try {
    const programs = await pythonEnvironment("schemathesis", REQUIREMENTS);
    database.createDatabase(name);
    const env = { LOG_LEVEL: "warn" };
    server = await startServer({ folder, databaseUrl: database.url(name), env, prepare: true });
    const people = database.query("SELECT min(email), role FROM users WHERE is_active GROUP BY role ORDER BY role", {
      database: name,
    });
    const isLong = process.env.VIRUJ_LONG === "1";
    const chosen = people.filter(([, role]) => isLong || THREE.includes(role));
    // Everybody signs in first, each from an address of their own: the logins of one address are counted.
    const guests = [];
    for (const [place, [email, role]] of chosen.entries()) {
      const from = `127.0.1.${place + 1}`;
      const current = await signIn(server.url, "/api/v1/sessions", email, from);
      const old = await signIn(server.url, "/api/auth/login", email, from);
      guests.push({ role, current, old });
    }
    const results = [];
    for (const guest of guests) {
      results.push(await tryAs({ programs, server, folder, ...guest, examples: isLong ? 40 : 8 }));
    }
    return add(...results);
  } finally {
    await server?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function tryAs({ programs, server, folder, role, current, old, examples }) {
  const ways = [
    ["/api/v1", ["--include-path-regex", "^/api/v1/"], current],
    ["/api", ["--exclude-path-regex", "^/api/v1/"], old],
  ];
  const rows = [];
  for (const [way, which, token] of ways) {
    const options = ["--url", server.url, "--checks", CHECKS.join(","), "--max-examples", String(examples)];
    const apart = APART.flatMap((operation) => ["--exclude-operation-id", operation]);
    // One worker: two threads at once end CPython 3.11's parser in an error now and then (python/cpython#106905).
    const shape = [
      "--phases",
      "examples,coverage,fuzzing,stateful",
      "--seed",
      "1",
      "--workers",
      "1",
      "--warnings",
      "off",
    ];
    const how = ["--continue-on-failure", "--suppress-health-check", "all", "--generation-database", "none"];
    const args = [
      "run",
      DOCUMENT,
      ...options,
      ...which,
      ...apart,
      ...shape,
      ...how,
      "-H",
      `Authorization: Bearer ${token}`,
    ];
    const answer = await run(path.join(programs, "schemathesis"), args, { cwd: folder, quiet: true });
    if (!answer.ok) process.stdout.write(answer.output);
    rows.push(single("interface", `schemathesis finds nothing on ${way} as ${role}`, answer.ok));
  }
  return add(...rows);
}
