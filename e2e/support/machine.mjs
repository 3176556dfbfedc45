// A computer of its own to install packages on: everything of this one is seen through an overlay, and what is changed is
// gone with it. Only the folder for temporary files is the same, where the test's desk lies.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { environment } from "../../scripts/lib/paths.mjs";
import { ask } from "../../scripts/lib/run.mjs";
import { waitUntil } from "../../scripts/lib/wait.mjs";

// The words in braces are dpkg's.
const FORMAT = `--showformat=$\{db:Status-Status} $\{Version}`;
const SHARED = ["proc", "sys", "dev"];

export async function startMachine() {
  if (process.getuid() !== 0)
    throw new Error("packages are installed by root: run this part in a container, as CI does");
  const place = fs.mkdtempSync(path.join(os.tmpdir(), "viruj-machine-"));
  const tmp = os.tmpdir();
  const script = [
    `mount -t tmpfs -o mode=0755 viruj "${place}"`,
    `mkdir "${place}/upper" "${place}/work" "${place}/root"`,
    `mount -t overlay -o "lowerdir=/,upperdir=${place}/upper,workdir=${place}/work" viruj "${place}/root"`,
    ...SHARED.map((name) => `mount --rbind "/${name}" "${place}/root/${name}"`),
    `mount --bind "${tmp}" "${place}/root${tmp}"`,
    // Nothing of this computer's systemd is reached from there.
    `mkdir -p "${place}/root/run/systemd" && mount -t tmpfs viruj "${place}/root/run/systemd"`,
    "echo ready && exec sleep infinity",
  ].join(" && ");
  const holder = spawn("setpriv", ["--pdeathsig", "KILL", "--", "unshare", "--mount", "sh", "-c", script], {
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(),
  });
  let told = "";
  holder.stdout.on("data", (text) => {
    told += text;
  });
  holder.stderr.on("data", (text) => {
    told += text;
  });
  await waitUntil("the machine", () => {
    if (holder.exitCode !== null) throw new Error(`the machine could not be made: ${told}`);
    return told.includes("ready");
  });
  return new Machine(holder, place);
}

class Machine {
  constructor(holder, place) {
    this.holder = holder;
    this.place = place;
    this.root = path.join(place, "root");
    this.enter = ["nsenter", "--target", String(holder.pid), "--mount", "chroot", this.root];
  }

  // A command there; what it says, and how it ended.
  ask(command, ...args) {
    const [program, ...rest] = [...this.enter, command, ...args];
    return ask(program, rest);
  }

  do(command, ...args) {
    const answer = this.ask(command, ...args);
    if (!answer.ok) throw new Error(`${command} ${args.join(" ")}: ${answer.error || answer.output}`);
    return answer.output;
  }

  // A program there that runs on, in a group of its own.
  start(command, ...args) {
    const [program, ...rest] = [...this.enter, command, ...args];
    return spawn(program, rest, { detached: true, stdio: ["ignore", "ignore", "inherit"], env: environment() });
  }

  // The file that starts a program there, for whoever wants a file.
  launcher(folder, program) {
    const file = path.join(folder, `start-${path.basename(program)}`);
    const enter = this.enter.map((word) => `"${word}"`).join(" ");
    fs.writeFileSync(file, `#!/bin/sh\nexec ${enter} "${program}" "$@"\n`, { mode: 0o755 });
    return file;
  }

  read(file) {
    const answer = this.ask("cat", file);
    return answer.ok ? answer.output : null;
  }

  exists(file) {
    return this.ask("test", "-e", file).ok;
  }

  install(...packages) {
    return this.do("dpkg", "--install", ...packages);
  }

  installed(name) {
    const answer = this.ask("dpkg-query", "--show", FORMAT, name);
    return answer.ok ? answer.output : "";
  }

  // Those that run there, whoever started them.
  processes(name) {
    return fs
      .readdirSync("/proc")
      .filter((pid) => /^\d+$/.test(pid))
      .map(Number)
      .filter((pid) => {
        try {
          const own = fs.readlinkSync(`/proc/${pid}/root`) === this.root;
          return (
            own && (name === undefined || fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim() === name.slice(0, 15))
          );
        } catch {
          return false;
        }
      });
  }

  // As the power goes: at once and all of them.
  kill(...pids) {
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  }

  async stop() {
    this.kill(...this.processes());
    await waitUntil("the machine's programs to be gone", () => this.processes().length === 0);
    this.holder.kill("SIGKILL");
    await waitUntil("the machine to be gone", () => this.holder.exitCode !== null || this.holder.signalCode !== null);
    fs.rmSync(this.place, { recursive: true, force: true });
  }
}
