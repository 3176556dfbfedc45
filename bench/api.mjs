// The old routes of the plant server beside a FastAPI peer and beside the bare statements, on one database.
// `npm run bench -- api me list` measures these alone.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { descendantsOf, freePort, TiedProcess } from "../e2e/support/processes.mjs";
import { buildPrograms } from "../scripts/lib/build.mjs";
import { figure, percentile } from "../scripts/lib/figures.mjs";
import { binary, cache, environment } from "../scripts/lib/paths.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { say, step } from "../scripts/lib/report.mjs";
import { install } from "../scripts/lib/requirements.mjs";
import { ask } from "../scripts/lib/run.mjs";
import { signIn } from "../scripts/lib/sign-in.mjs";
import { waitUntil } from "../scripts/lib/wait.mjs";
import { LISTED, LISTED_STATUS, load, OFFICERS, someEntry, USERS, userId } from "./api/data.mjs";
import { drive, pgbench, pgbenchProgram, statement } from "./api/load.mjs";
import { peerCommit, startPeer } from "./api/peer.mjs";

const ROUNDS = 3;
const SECONDS = 5;
const LIST = `/api/security/logs?status_filter=${encodeURIComponent(LISTED_STATUS)}`;

const ROUTES = {
  me: { goal: 30, path: "/api/auth/me" },
  by_id: { goal: 12, path: `/api/users/${userId(1)}`, lua: randomUser() },
  list: { goal: 7, path: LIST },
  insert: { goal: 5, path: "/api/security/logs", lua: insert(), body: someEntry() },
};

const PARTS = {
  ...Object.fromEntries(
    Object.entries(ROUTES).map(([name, route]) => [name, (desk) => measureRoute(desk, name, route)]),
  ),
  revocation: measureRevocation,
  memory: measureMemory,
  chains: measureChains,
  keyset: measureKeyset,
};

export async function measure(named) {
  await install([["wrk", "drives the servers"], ...(pgbenchProgram() ? [] : [["postgresql-contrib", "pgbench"]])]);
  const built = await buildPrograms(["viruj-server"], { release: true, env: { SQLX_OFFLINE: "true" } });
  return built.ok ? measureBuilt(named) : Object.keys(PARTS);
}

export async function measureBuilt(named) {
  const unmeasured = [];
  say(`peer: ${peerCommit()}`);
  const desk = await setUp();
  try {
    for (const [name, part] of Object.entries(PARTS)) {
      if (named.length > 0 && !named.includes(name)) continue;
      await part(desk).catch((error) => {
        process.stderr.write(`${error.stack}\n`);
        unmeasured.push(name);
      });
    }
  } finally {
    await desk.clear();
  }
  return unmeasured;
}

async function setUp() {
  fs.mkdirSync(path.join(cache, "bench"), { recursive: true });
  const folder = fs.mkdtempSync(path.join(cache, "bench", "api-"));
  // Started by root, PostgreSQL runs as an account that root's own cache is closed to.
  const postgres = await startPostgres({ durable: true, under: "/var/tmp" });
  const programs = [];
  const clear = async () => {
    for (const program of programs) await program.end();
    await postgres.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
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
    const server = new TiedProcess(binary("viruj-server", "release"), ["serve", "--port", String(port)], { env, log });
    programs.push(server);
    const url = `http://127.0.0.1:${port}`;
    await waitUntil("the server to answer", () => {
      server.assertRunning();
      return fetch(`${url}/health`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
    const databaseUrl = `postgresql+psycopg://postgres@/viruj?host=${postgres.folder}`;
    const peer = await startPeer({ databaseUrl, log: path.join(folder, "peer.log") });
    programs.push(peer.process);
    const [officer] = OFFICERS;
    const token = await logIn(url, officer.email);
    return { folder, postgres, server, url, peer, token, peerToken: peer.tokenOf(claimsOf(token)), clear };
  } catch (error) {
    await clear();
    throw error;
  }
}

async function measureRoute(desk, name, { goal, path: route, lua = "", body }) {
  await compareAnswers(desk, route, body);
  const { folder } = desk;
  const seconds = SECONDS;
  const ours = [];
  const theirs = [];
  const bare = [];
  const drives = [
    async () => ours.push(await drive({ url: desk.url + route, token: desk.token, lua, folder, seconds })),
    async () => theirs.push(await drive({ url: desk.peer.url + route, token: desk.peerToken, lua, folder, seconds })),
    async () => bare.push(await pgbench({ ...bareStatements(desk, name), postgres: desk.postgres, folder, seconds })),
  ];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const part of drives) await part();
  }
  const middle = (values) => percentile(values, 0.5);
  const rate = middle(ours.map((run) => run.rate));
  const peer = middle(theirs.map((run) => run.rate));
  const alone = middle(bare);
  const [p50, p99] = [middle(ours.map((run) => run.p50)), middle(ours.map((run) => run.p99))];
  figure(`${name}_rate`, rate, "req/s");
  figure(`${name}_peer_rate`, peer, "req/s");
  figure(`${name}_pgbench_rate`, alone, "tx/s");
  figure(`${name}_of_peer`, rate / peer, "×", [">=", goal]);
  figure(`${name}_of_pgbench`, (100 * rate) / alone, "%", name === "list" ? [">=", 60] : undefined);
  figure(`${name}_p50`, p50, "ms");
  figure(`${name}_p99`, p99, "ms");
  figure(`${name}_p99_of_p50`, p99 / p50, "×", ["<=", 5]);
  figure(`${name}_peer_p50`, middle(theirs.map((run) => run.p50)), "ms");
  figure(`${name}_peer_p99`, middle(theirs.map((run) => run.p99)), "ms");
}

// Both are asked the same; what each insert makes anew is left out.
async function compareAnswers(desk, route, body) {
  const [ours, theirs] = await Promise.all([
    call(desk.url + route, desk.token, body),
    call(desk.peer.url + route, desk.peerToken, body),
  ]);
  assert.equal(ours.status, theirs.status, `${route}: ${JSON.stringify(ours.answer)} ${JSON.stringify(theirs.answer)}`);
  assert.ok(ours.status < 300, `${route} answers ${ours.status}`);
  if (Array.isArray(ours.answer)) assert.equal(ours.answer.length, LISTED);
  const anew = body ? { id: null, entry_code: null, created_at: null } : {};
  const seen = (answer) => (Array.isArray(answer) ? answer.map(withTimes) : { ...withTimes(answer), ...anew });
  assert.deepEqual(seen(ours.answer), seen(theirs.answer), route);
  const refused = await Promise.all([
    call(desk.url + route, "nonsense", body),
    call(desk.peer.url + route, "nonsense", body),
  ]);
  assert.deepEqual(
    refused.map(({ status, answer }) => [status, answer.detail]),
    [401, 401].map((status) => [status, "Could not validate credentials"]),
  );
}

// The same moment may be written in more than one way.
const withTimes = (row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, name.endsWith("_at") && value ? Date.parse(value) : value]),
  );

async function call(url, token, body) {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) };
  const options = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const answer = await fetch(url, { headers, ...options });
  return { status: answer.status, answer: await answer.json() };
}

// Each login comes from another address, so that none has too many.
let logins = 0;

function logIn(url, email, where = "/api/auth/login") {
  logins += 1;
  return signIn(url, where, email, `127.0.2.${logins}`);
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8"));

// What the server asks the database for the route, as it stands in .sqlx.
function bareStatements(desk, name) {
  const now = new Date().toISOString();
  switch (name) {
    case "me":
      return {
        script: `${statement(["s.expires_at", "plant_ids!", "FROM sessions AS s"])};`,
        variables: { p1: claimsOf(desk.token).sid, p2: now },
      };
    case "by_id":
      return {
        script: `${statement(["FROM users WHERE id = $1", "is_active!", "must_change_password"], "FOR UPDATE")};`,
        variables: { p1: userId(1) },
      };
    case "list":
      return {
        script: `${statement(["FROM gate_entries WHERE status = $1", "LIMIT $2"])};`,
        variables: { p1: LISTED_STATUS, p2: 1000 },
      };
    default:
      return insertStatements(now);
  }
}

function insertStatements(now) {
  const [{ id, plant }] = OFFICERS;
  const entry = someEntry();
  const [month, year] = [now.slice(5, 7), now.slice(2, 4)];
  const gate = statement(["SELECT p.time_zone, ARRAY(", "FROM plants AS p"]).replaceAll(":p", ":g");
  const written = statement(["WITH drawn AS", "INSERT INTO gate_entries"]).replace(":p2,", "gen_random_uuid(),");
  const told = written.replace(
    "unnest(:p22::text[], :p23::text[])",
    "unnest(ARRAY[gen_random_uuid()::text], :p23::text[])",
  );
  const begin = `BEGIN;
    SELECT set_config('viruj.plants', :plant, true), set_config('viruj.actor', :p19, true),
      set_config('viruj.station', '', true), set_config('viruj.operation', '', true),
      set_config('viruj.reason', 'legacy client: create gate entry', true);`;
  const values = [
    `GATE-${month}${year}`,
    "",
    `${month}${year}`,
    entry.material_name,
    entry.material_category,
    entry.po_number,
    entry.vehicle_name,
    entry.vehicle_number,
    entry.driver_name,
    entry.driver_contact,
    entry.supplier_name,
    entry.document_number,
    entry.quantity,
    entry.uom,
    entry.remarks,
    entry.seal_intact,
    "Awaiting GRN",
    plant,
    id,
    "Officer plant-a",
    now,
    "",
    "{scm-wh-1}",
    "Gate entry awaiting GRN",
    "Lactose Monohydrate arrived. See ",
  ];
  const numbered = Object.fromEntries(
    values.map((value, place) => [`p${place + 1}`, value]).filter(([, value]) => value !== ""),
  );
  return {
    script: `${begin}\n${gate};\n${told};\nCOMMIT;`,
    variables: { ...numbered, plant, g1: plant, g2: "Warehouse Manager" },
  };
}

function randomUser() {
  return `
    function request()
      return wrk.format("GET", string.format("/api/users/bench-user-%04d", math.random(${USERS})))
    end`;
}

function insert() {
  return `
    wrk.method = "POST"
    wrk.body = [[${JSON.stringify(someEntry())}]]
    wrk.headers["Content-Type"] = "application/json"`;
}

// Another replica ends a session while this one is under load; only the database tells of it.
async function measureRevocation(desk) {
  const times = [];
  for (let count = 0; count < 5; count += 1) {
    const token = await logIn(desk.url, OFFICERS[0].email);
    const isAlive = async () => (await call(`${desk.url}/api/auth/me`, token)).status === 200;
    const load = drive({ url: `${desk.url}/api/auth/me`, token: desk.token, folder: desk.folder, seconds: 3 });
    await waitUntil("the session to be known", isAlive);
    desk.postgres.query(
      `UPDATE sessions SET revoked_at = now(), revoked_cause = 'bench' WHERE id = '${claimsOf(token).sid}'`,
    );
    const begun = performance.now();
    await waitUntil("the session to end", async () => !(await isAlive()), { every: 1, seconds: 10 });
    times.push(performance.now() - begun);
    await load;
  }
  figure("revocation_under_load", Math.max(...times) / 1000, "s", ["<=", 1]);
}

// After everything above; shared pages are counted once.
async function measureMemory(desk) {
  figure("memory_pss", pss([desk.server.pid]), "MiB", ["<=", 100]);
  figure("peer_memory_pss", pss([desk.peer.process.pid, ...descendantsOf(desk.peer.process.pid)]), "MiB");
}

function pss(processes) {
  const kib = processes.map((process) => {
    const text = fs.readFileSync(`/proc/${process}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  });
  return kib.reduce((sum, value) => sum + value, 0) / 1024;
}

// Every insert of a plant waits for the one before it: the trail is one chain. Commits are durable.
async function measureChains(desk) {
  for (const officers of [OFFICERS.slice(0, 1), OFFICERS]) {
    const tokens = await Promise.all(officers.map(({ email }) => logIn(desk.url, email)));
    const lua = `
      ${insert()}
      local tokens = { ${tokens.map((token) => `"Bearer ${token}"`).join(", ")} }
      local turn = 0
      function request()
        turn = turn % #tokens + 1
        wrk.headers["Authorization"] = tokens[turn]
        return wrk.format()
      end`;
    const url = `${desk.url}/api/security/logs`;
    const { rate } = await drive({ url, token: tokens[0], lua, folder: desk.folder, seconds: SECONDS });
    figure(`inserts_into_${officers.length}_chain${officers.length === 1 ? "" : "s"}`, rate, "rows/s");
  }
}

// A page at row 1,000,000 beside the first one, for somebody who sees every plant.
async function measureKeyset(desk) {
  const [[manager]] = desk.postgres.query(
    "SELECT min(email) FROM users WHERE role = 'Management' AND plant_id IS NULL",
  );
  const token = await logIn(desk.url, manager, "/api/v1/sessions");
  const [[cursor]] = desk.postgres.query(`
    SELECT (extract(epoch FROM created_at) * 1000000)::bigint || '.' || id FROM gate_entries
    ORDER BY CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END DESC, id DESC OFFSET 1000000 LIMIT 1`);
  const first = `${desk.url}/api/v1/gate-entries?limit=50`;
  const runs = { first: [], millionth: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, url] of [
      ["first", first],
      ["millionth", `${first}&cursor=${cursor}`],
    ]) {
      runs[name].push((await drive({ url, token, folder: desk.folder, seconds: 3 })).p50);
    }
  }
  const [begin, far] = [percentile(runs.first, 0.5), percentile(runs.millionth, 0.5)];
  figure("keyset_first_page_p50", begin, "ms");
  figure("keyset_page_at_1000000_p50", far, "ms");
  figure("keyset_page_at_1000000_of_first", far / begin, "×", ["<=", 1.2]);
}
