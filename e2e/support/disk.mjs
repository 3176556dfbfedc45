// A disk of a size that a test can fill.
import fs from "node:fs";
import path from "node:path";
import { ask } from "../../scripts/lib/run.mjs";

export class SmallDisk {
  constructor(folder, megabytes) {
    this.folder = folder;
    this.ballast = path.join(folder, "ballast");
    fs.mkdirSync(folder, { recursive: true });
    const owner = `uid=${process.getuid()},gid=${process.getgid()},mode=700`;
    this.#asRoot("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,${owner}`, "tmpfs", folder]);
  }

  // Leaves less than the number of megabytes.
  fillUpTo(megabytes) {
    const { bavail, bsize } = fs.statfsSync(this.folder);
    fs.writeFileSync(this.ballast, Buffer.alloc(Math.max(0, bavail * bsize - (megabytes - 1) * 1024 * 1024)));
  }

  makeRoom() {
    fs.rmSync(this.ballast, { force: true });
  }

  remove() {
    this.#asRoot("umount", ["--lazy", this.folder]);
  }

  #asRoot(command, args) {
    const answer = process.getuid() === 0 ? ask(command, args) : ask("sudo", ["-n", command, ...args]);
    if (!answer.ok) throw new Error(`${command} ${args.join(" ")}: ${answer.error}`);
  }
}
