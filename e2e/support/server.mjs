// The real plant server, which a test can stop, kill and start again on the same port.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { binary, environment } from "../../scripts/lib/paths.mjs";
import { ask } from "../../scripts/lib/run.mjs";
import { waitUntil } from "../../scripts/lib/wait.mjs";
import { freePort, TiedProcess } from "./processes.mjs";

// `prepare` migrates the database and puts the demo into it first.
export async function startServer({ folder, databaseUrl, env = {}, prepare = false, profile = "debug" }) {
  const server = new Server(folder, databaseUrl, env, await freePort(), profile);
  if (prepare) {
    serverCommand(["migrate"], server.env, profile);
    serverCommand(["seed", "demo"], server.env, profile);
  }
  await server.start();
  return server;
}

// One command of the server's command line, for example ["migrate"] or ["seed", "demo"].
export function serverCommand(args, env, profile = "debug") {
  const answer = ask(binary("viruj-server", profile), args, { env: environment(env) });
  if (!answer.ok) throw new Error(`viruj-server ${args.join(" ")}: ${answer.error || answer.output}`);
  return answer.output;
}

class Server {
  constructor(folder, databaseUrl, env, port, profile) {
    this.program = binary("viruj-server", profile);
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.log = path.join(folder, "logs", "server.log");
    const keys = path.join(folder, "server-keys");
    fs.mkdirSync(keys, { recursive: true, mode: 0o700 });
    this.env = {
      DATABASE_URL: databaseUrl,
      SECRET_KEY: crypto.randomBytes(32).toString("hex"),
      VIRUJ_KEY_DIR: keys,
      BACKEND_PORT: String(port),
      ...env,
    };
  }

  async start() {
    const args = ["serve", "--port", String(this.port)];
    this.process = new TiedProcess(this.program, args, { env: this.env, log: this.log });
    await waitUntil("the server's /health", async () => {
      this.process.assertRunning();
      return this.isHealthy();
    });
  }

  async isHealthy() {
    try {
      const answer = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(2000) });
      return answer.ok;
    } catch {
      return false;
    }
  }

  // As an administrator stops it: requests in flight are finished.
  stop() {
    return this.process.end("SIGTERM");
  }

  kill() {
    return this.process.end("SIGKILL");
  }
}
