// `npm run package`: the Debian packages of this version, the station's signed. `-- --version 1.2.0` names another version,
// `-- --debug` builds what is quickly built, and names choose packages.
import { parseArgs } from "node:util";
import { buildUi } from "./lib/build.mjs";
import { installNodeModules } from "./lib/node-modules.mjs";
import { buildPackages, PACKAGES, programVersion } from "./lib/packages.mjs";
import { giveUp, say } from "./lib/report.mjs";
import { checkTools, installPackages } from "./lib/requirements.mjs";

const { values, positionals } = parseArgs({
  options: { version: { type: "string", default: programVersion() }, debug: { type: "boolean", default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !PACKAGES.includes(name));
if (unknown.length > 0) giveUp(`there is no package ${unknown.join(", ")}; there are ${PACKAGES.join(", ")}`);

checkTools();
await installPackages({ forTests: false });
await installNodeModules();
if (!(await buildUi()).ok) giveUp("the user interface could not be built");
const files = await buildPackages({
  names: positionals.length > 0 ? positionals : PACKAGES,
  version: values.version,
  profile: values.debug ? "debug" : "release",
});
for (const file of Object.values(files)) say(file);
