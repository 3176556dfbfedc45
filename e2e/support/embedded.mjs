// The PostgreSQL that a station brings, looked at from outside: its processes, its rows.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ask } from "../../scripts/lib/run.mjs";

const SEPARATOR = "\u001f";

export class EmbeddedDatabase {
  // Started by root, the cluster lies where PostgreSQL's own account can reach it.
  constructor(home) {
    const key = createHash("sha256").update(home).digest("hex").slice(0, 16);
    this.isRoots = process.getuid() === 0;
    this.folder = this.isRoots ? path.join("/var/lib/viruj-station/clusters", key) : path.join(home, "postgres");
    this.data = path.join(this.folder, "data");
  }

  // Whoever works in the data folder and was started by nobody who does. More than one would be two PostgreSQL on one cluster.
  postmasters() {
    const all = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name) && this.#worksHere(name));
    return all.map((pid) => ({ pid: Number(pid), ...statusOf(pid) })).filter(({ parent }) => !all.includes(parent));
  }

  #worksHere(pid) {
    try {
      return fs.readlinkSync(`/proc/${pid}/cwd`) === this.data;
    } catch {
      return false;
    }
  }

  get url() {
    const sockets = fs.readFileSync(path.join(this.data, "postmaster.pid"), "utf8").split("\n")[4];
    return `postgres://viruj@localhost/viruj?host=${sockets}`;
  }

  query(sql) {
    const answer = ask("psql", [
      "-X",
      "-q",
      "-A",
      "-t",
      "-F",
      SEPARATOR,
      "-v",
      "ON_ERROR_STOP=1",
      "-d",
      this.url,
      "-c",
      sql,
    ]);
    if (!answer.ok) throw new Error(`psql: ${answer.error}`);
    return answer.output === "" ? [] : answer.output.split("\n").map((row) => row.split(SEPARATOR));
  }

  remove() {
    if (this.isRoots) fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function statusOf(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    parent: /^PPid:\s+(\d+)/m.exec(status)[1],
    uid: Number(/^Uid:\s+(\d+)/m.exec(status)[1]),
  };
}
