// `npm run dev`: the watching mode. It builds without default features, so it has a target folder of its own:
// in a shared one each change of mode would compile half the tree again.
import { spawn } from "node:child_process";
import path from "node:path";
import { readEnvFile } from "./lib/env-file.mjs";
import { installNodeModules } from "./lib/node-modules.mjs";
import { cache, environment, nativePostgres, root } from "./lib/paths.mjs";
import { step } from "./lib/report.mjs";
import { checkTools, installPackages } from "./lib/requirements.mjs";

await step("tools", () => checkTools());
await step("packages", () => installPackages({ forTests: false }));
await step("npm ci", () => installNodeModules());

const args = process.argv.slice(2);
const tauri = spawn("npx", ["tauri", "dev", ...(args.length > 0 ? ["--", "--", ...args] : [])], {
  cwd: root,
  env: environment({
    VIRUJ_POSTGRES_DIR: process.env.VIRUJ_POSTGRES_DIR ?? nativePostgres,
    ...readEnvFile(),
    CARGO_TARGET_DIR: path.join(cache, "target-dev"),
  }),
  stdio: "inherit",
});
process.on("SIGINT", () => {});
tauri.on("exit", (code) => process.exit(code ?? 1));
