// A throwaway PostgreSQL for tests: the same binaries that the station embeds, in a folder that goes with it.
// It is fast and not durable, and trusts whoever can reach its socket, which lies in a private folder.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { linkPostgres } from "./node-modules.mjs";
import { nativePostgres } from "./paths.mjs";
import { ask } from "./run.mjs";
import { waitUntil } from "./wait.mjs";

const SETTINGS = [
  "listen_addresses=",
  "unix_socket_permissions=0700",
  "max_connections=300",
  "shared_buffers=128MB",
  "jit=off",
  "timezone=UTC",
];

const FAST = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"];
const DURABLE = ["fsync=on", "full_page_writes=on", "synchronous_commit=on"];

// A benchmark asks for a durable one, in a folder on a real disk; a server under an account of its own for one that other
// accounts reach.
export async function startPostgres({ database = "viruj", durable = false, under = os.tmpdir(), shared = false } = {}) {
  const postgres = new ThrowawayPostgres({ durable, under, shared });
  try {
    await postgres.start();
    postgres.createDatabase(database);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres;
}

class ThrowawayPostgres {
  constructor({ durable, under, shared }) {
    this.settings = [...SETTINGS, ...(durable ? DURABLE : FAST)];
    if (shared) this.settings.push("unix_socket_permissions=0777");
    if (!fs.existsSync(nativePostgres)) throw new Error(`no PostgreSQL in ${nativePostgres}; npm ci brings it`);
    linkPostgres();
    this.folder = fs.mkdtempSync(path.join(under, "viruj-pg-"));
    this.data = path.join(this.folder, "data");
    this.log = path.join(this.folder, "server.log");
    this.binaries = nativePostgres;
    this.drop = [];
    if (process.getuid() === 0) this.#leaveRoot();
    if (shared) fs.chmodSync(this.folder, 0o711);
  }

  // PostgreSQL refuses to run as root, and root's clone is closed to anybody else, so the binaries are copied.
  #leaveRoot() {
    this.binaries = path.join(this.folder, "native");
    fs.cpSync(nativePostgres, this.binaries, { recursive: true, verbatimSymlinks: true });
    const nobody = ask("id", ["-u", "nobody"]).output;
    const nogroup = ask("id", ["-g", "nobody"]).output;
    fs.chownSync(this.folder, Number(nobody), Number(nogroup));
    this.drop = ["--reuid", nobody, "--regid", nogroup, "--clear-groups"];
  }

  // With the kernel's help it dies with this process, however that dies.
  #command(program, args) {
    return ["setpriv", ["--pdeathsig", "INT", ...this.drop, "--", path.join(this.binaries, "bin", program), ...args]];
  }

  async start() {
    const options = { cwd: "/", env: { PATH: process.env.PATH, LC_ALL: "C" } };
    const [initdb, args] = this.#command("initdb", [
      "-D",
      this.data,
      "-U",
      "postgres",
      "-E",
      "UTF8",
      "--locale=C.UTF-8",
      "--auth=trust",
      "--no-sync",
    ]);
    const made = ask(initdb, args, options);
    if (!made.ok) throw new Error(`initdb failed: ${made.output}\n${made.error}`);
    await this.restart();
  }

  async restart() {
    const settings = this.settings.flatMap((setting) => ["-c", setting]);
    const [postgres, args] = this.#command("postgres", ["-D", this.data, "-k", this.folder, ...settings]);
    const log = fs.openSync(this.log, "a");
    this.process = spawn(postgres, args, { cwd: "/", env: { LC_ALL: "C" }, stdio: ["ignore", log, log] });
    fs.closeSync(log);
    this.ended = new Promise((resolve) => this.process.once("exit", resolve));
    const pidFile = path.join(this.data, "postmaster.pid");
    await waitUntil("PostgreSQL to start", () => {
      if (this.process.exitCode !== null) throw new Error(`PostgreSQL ended:\n${fs.readFileSync(this.log, "utf8")}`);
      if (!fs.existsSync(pidFile)) return false;
      // A server that was killed leaves its file behind, and that one says "ready" as well.
      const lines = fs.readFileSync(pidFile, "utf8").split("\n");
      return Number(lines[0]) === this.process.pid && lines[7]?.trim() === "ready";
    });
  }

  url(database = "viruj") {
    return `postgres://postgres@localhost/${database}?host=${this.folder}`;
  }

  createDatabase(name) {
    this.query(`CREATE DATABASE "${name}"`, { database: "postgres" });
  }

  // Rows as arrays of text. Fields are parted by a character that no value holds.
  query(sql, { database = "viruj" } = {}) {
    const separator = "\u001f";
    const answer = ask("psql", [
      "-X",
      "-q",
      "-A",
      "-t",
      "-F",
      separator,
      "-v",
      "ON_ERROR_STOP=1",
      "-d",
      this.url(database),
      "-c",
      sql,
    ]);
    if (!answer.ok) throw new Error(`psql: ${answer.error}`);
    return answer.output === "" ? [] : answer.output.split("\n").map((row) => row.split(separator));
  }

  runFile(file, { database = "viruj" } = {}) {
    const answer = ask("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", this.url(database), "-f", file]);
    if (!answer.ok) throw new Error(`psql -f ${file}: ${answer.error}`);
  }

  // Ends the server and keeps its data, as a power cut or a maintenance window would.
  async halt(signal = "SIGINT") {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill(signal);
    await this.ended;
  }

  async stop() {
    await this.halt();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
