// `npm run bench -- NAME`: measures and prints `figure NAME VALUE UNIT goal OP VALUE`.
// A missed goal is a figure like any other; only what could not be measured is an error.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { installNodeModules } from "./lib/node-modules.mjs";
import { root } from "./lib/paths.mjs";
import { giveUp, step } from "./lib/report.mjs";
import { checkTools, installPackages } from "./lib/requirements.mjs";

const names = fs
  .readdirSync(path.join(root, "bench"))
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.replace(/\.mjs$/, ""));
const name = process.argv[2];
if (!names.includes(name)) giveUp(`npm run bench -- NAME, where NAME is one of: ${names.join(", ")}`);

await step("tools", () => checkTools());
await step("packages", () => installPackages({ forTests: true }));
await step("npm ci", () => installNodeModules());
// Imported now and not above: a benchmark may use what npm ci has just installed.
const { measure } = await import(pathToFileURL(path.join(root, "bench", `${name}.mjs`)));
const unmeasured = await measure(process.argv.slice(3));
if (unmeasured.length > 0) giveUp(`not measured: ${unmeasured.join(", ")}`);
