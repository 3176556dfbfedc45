// The two halves of the program: the user interface and the Rust binaries.
import fs from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";
import { run } from "./run.mjs";
import { hashOf, isStamped, stamp } from "./stamp.mjs";

const UI_SOURCES = ["src", "index.html", "public", "package-lock.json", "vite.config.ts", "tsconfig.json"];

export async function buildUi() {
  const sources = hashOf(UI_SOURCES);
  if (isStamped("ui", sources) && fs.existsSync(path.join(root, "dist/index.html"))) {
    return { ok: true, note: "unchanged", output: "" };
  }
  const build = await run("npm", ["run", "--silent", "ui:build"], { quiet: true });
  if (build.ok) stamp("ui", sources);
  return { ...build, note: "built" };
}

// The same command for `npm start`, for the end-to-end run and for the benchmark: the same program is run by all of them.
export function buildPrograms(programs, { examples = [], release = false, env = {} } = {}) {
  // Over the whole workspace: a selection of packages would choose other features and build the libraries anew.
  const binaries = [...programs.flatMap((name) => ["--bin", name]), ...examples.flatMap((name) => ["--example", name])];
  return run("cargo", ["build", "--workspace", ...(release ? ["--release"] : []), ...binaries], { env });
}
