// Programs that a test starts. The kernel ends them with the test's process, so that a killed run leaves nothing behind.
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { environment, root } from "../../scripts/lib/paths.mjs";

export class TiedProcess {
  constructor(command, args, { env = {}, log, stdin = "ignore" }) {
    fs.mkdirSync(path.dirname(log), { recursive: true });
    this.log = log;
    const output = fs.openSync(log, "a");
    this.process = spawn("setpriv", ["--pdeathsig", "TERM", "--", command, ...args], {
      cwd: root,
      env: environment(env),
      // The fourth is for programs that tell a number or an address there.
      stdio: [stdin, output, output, "pipe"],
    });
    fs.closeSync(output);
    this.name = path.basename(command);
    this.told = "";
    this.process.stdio[3].setEncoding("utf8").on("data", (text) => {
      this.told += text;
    });
    this.ended = new Promise((resolve) => {
      this.process.once("exit", resolve);
      this.process.once("error", resolve);
    });
  }

  get pid() {
    return this.process.pid;
  }

  get isRunning() {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  // For waiting: a program that has ended will never become ready.
  assertRunning() {
    if (!this.isRunning) throw new Error(`${this.name} has ended:\n${this.logTail()}`);
  }

  logTail() {
    return fs.readFileSync(this.log, "utf8").split("\n").slice(-25).join("\n");
  }

  async end(signal = "SIGTERM") {
    if (!this.isRunning) return;
    this.process.kill(signal);
    const patience = setTimeout(() => this.process.kill("SIGKILL"), 20_000);
    await this.ended;
    clearTimeout(patience);
  }
}

export function childrenOf(pid) {
  const tasks = fs.existsSync(`/proc/${pid}/task`) ? fs.readdirSync(`/proc/${pid}/task`) : [];
  return tasks.flatMap((task) => {
    const children = fs.readFileSync(`/proc/${pid}/task/${task}/children`, "utf8");
    return children.split(" ").filter(Boolean).map(Number);
  });
}

export function descendantsOf(pid) {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export function answersOn(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    const answer = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.once("connect", () => answer(true)).once("error", () => answer(false));
  });
}
