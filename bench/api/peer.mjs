// The peer: FastAPI, SQLAlchemy and psycopg under uvicorn, in a Python environment of its own below the cache.
import crypto from "node:crypto";
import path from "node:path";
import { freePort, TiedProcess } from "../../e2e/support/processes.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { pythonEnvironment } from "../../scripts/lib/python.mjs";
import { ask } from "../../scripts/lib/run.mjs";
import { waitUntil } from "../../scripts/lib/wait.mjs";

const folder = path.join(root, "bench/peers/fastapi");
const ISSUER = "urn:viruj:peer";
const AUDIENCE = "viruj-legacy";

// The commit of the peer as it is measured: it was written before the server was tuned.
export function peerCommit() {
  const changed = ask("git", ["status", "--porcelain", "--", "bench/peers/fastapi"]).output !== "";
  const commit = ask("git", ["log", "-1", "--format=%h %cI", "--", "bench/peers/fastapi"]).output;
  return `${commit}${changed ? " with changes that were not committed" : ""}`;
}

export async function startPeer({ databaseUrl, log }) {
  const python = path.join(await pythonEnvironment("peer", path.join(folder, "requirements.txt")), "python");
  const port = await freePort();
  const secret = crypto.randomBytes(32).toString("hex");
  const options = ["--workers", "2", "--loop", "uvloop", "--http", "httptools", "--no-access-log"];
  const args = ["-m", "uvicorn", "app:app", "--app-dir", folder, "--port", String(port), ...options];
  const env = { PEER_DATABASE_URL: databaseUrl, PEER_SECRET_KEY: secret, PYTHONDONTWRITEBYTECODE: "1" };
  const server = new TiedProcess(python, args, { env, log });
  const url = `http://127.0.0.1:${port}`;
  await waitUntil("the peer to answer", async () => {
    server.assertRunning();
    return fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
  });
  return { url, process: server, tokenOf: (claims) => token(claims, secret) };
}

// A token of the same session, signed as the peer reads it.
function token({ sub, sid }, secret) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub,
    sid,
    jti: crypto.randomUUID(),
    iat: now,
    nbf: now,
    exp: now + 3600,
  };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${crypto.createHmac("sha256", secret).update(text).digest("base64url")}`;
}
