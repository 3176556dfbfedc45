// Python programs of the checks, each with its pinned packages in an environment of its own below the cache.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { cache } from "./paths.mjs";
import { run } from "./run.mjs";

// Returns the folder that holds the environment's programs.
export async function pythonEnvironment(name, requirements) {
  const mark = crypto.createHash("sha256").update(fs.readFileSync(requirements)).digest("hex").slice(0, 12);
  const home = path.join(cache, "python", `${name}-${mark}`);
  const programs = path.join(home, "bin");
  const done = path.join(home, "complete");
  if (fs.existsSync(done)) return programs;
  fs.rmSync(home, { recursive: true, force: true });
  const made = await run("python3", ["-m", "venv", home], { quiet: true });
  if (!made.ok) throw new Error(`python3 -m venv failed (the package python3-venv has it):\n${made.output}`);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
  const installed = await run(path.join(programs, "python"), pip, { quiet: true });
  if (!installed.ok) throw new Error(`pip could not install ${requirements}:\n${installed.output}`);
  fs.writeFileSync(done, "");
  return programs;
}
