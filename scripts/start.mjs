// `npm start`: sets up what is missing, builds what has changed and opens the station.
// Runs before `npm ci` has, hence on Node's own modules alone.
import { spawn } from "node:child_process";
import { buildPrograms, buildUi } from "./lib/build.mjs";
import { readEnvFile } from "./lib/env-file.mjs";
import { installNodeModules } from "./lib/node-modules.mjs";
import { binary, environment, nativePostgres, root } from "./lib/paths.mjs";
import { giveUp, say, step, stopwatch } from "./lib/report.mjs";
import { checkTools, installPackages } from "./lib/requirements.mjs";

const seconds = stopwatch();
// Said before the build, which takes minutes the first time.
if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  giveUp(
    "no screen: neither DISPLAY nor WAYLAND_DISPLAY is set; run this in a desktop session, or under `xvfb-run -a`",
  );
}
await step("tools", () => checkTools());
await step("packages", () => installPackages({ forTests: false }));
await step("npm ci", () => installNodeModules());
await step("user interface", async () => {
  const ui = await buildUi();
  if (!ui.ok) giveUp(`the user interface could not be built:\n${ui.output}`);
  return ui.note;
});
await step("station", async () => {
  const build = await buildPrograms(["viruj-station"]);
  if (!build.ok) giveUp("the station could not be built; the compiler says why above");
});

if (process.platform === "linux" && !process.env.DBUS_SESSION_BUS_ADDRESS && !process.env.XDG_RUNTIME_DIR) {
  say("No session bus: the station opens and says how to get a keychain.");
}

say(`[set-up] ${seconds().toFixed(1)} s, opening the station`);
const station = spawn(binary("viruj-station"), process.argv.slice(2), {
  cwd: root,
  env: environment({ VIRUJ_POSTGRES_DIR: process.env.VIRUJ_POSTGRES_DIR ?? nativePostgres, ...readEnvFile() }),
  stdio: "inherit",
});
// The terminal sends Ctrl-C to both; the station ends in its own order and this script with it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => station.kill("SIGTERM"));
station.on("error", (error) => giveUp(`the station could not be started: ${error.message}`));
station.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
