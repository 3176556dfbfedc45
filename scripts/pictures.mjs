// `npm run pictures`: every screen as a picture under docs/ui, made by the end-to-end run in the real window.
import path from "node:path";
import { buildPrograms, buildUi } from "./lib/build.mjs";
import { nativePostgres, root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

const built = (await buildUi()).ok && (await buildPrograms(["viruj-station", "viruj-server"])).ok;
const env = { VIRUJ_PICTURES: path.join(root, "docs/ui"), VIRUJ_POSTGRES_DIR: nativePostgres };
const taken = built && (await run("node", ["--test", "--test-force-exit", "e2e/screens.test.mjs"], { env })).ok;
process.exit(taken ? 0 : 1);
