// `npm run pictures`: the screens as pictures under docs/ui, taken by the end-to-end stories in the real window.
// `npm run pictures -- --taken` copies those that the last end-to-end run took.
import fs from "node:fs";
import path from "node:path";
import { buildPrograms, buildUi } from "./lib/build.mjs";
import { cache, nativePostgres, root } from "./lib/paths.mjs";
import { giveUp, say } from "./lib/report.mjs";
import { run } from "./lib/run.mjs";

const TAKEN = path.join(cache, "pictures");
const SHOWN = path.join(root, "docs/ui");
const STORIES = [
  "screens",
  "administration",
  "api-keys",
  "attachments",
  "audit",
  "batches",
  "capas",
  "deviations",
  "devices",
  "embedded",
  "master-records",
  "offline",
  "profile",
  "release",
  "resources",
  "single-sign-on",
];
// What a reader wants to see; the stories take more.
const SCREENS = [
  ...["first-start", "sign-in", "single-sign-on", "single-sign-on-refused", "forced-change"],
  ...["batches", "search", "execution", "signature-sheet", "decision", "list", "offline", "settings"],
  ...["profile", "second-factor", "recovery-codes", "sign-in-code"],
  ...["users", "user", "new-user", "user-second-factor", "roles", "plants", "plant-form", "lost-race", "users-offline"],
  ...["api-keys", "api-key-new", "api-key-shown", "audit-trail", "audit-entry", "audit-review"],
  ...["master-records", "master-record", "master-compare", "master-editor", "master-editor-fault", "master-preview"],
  ...["new-batch", "batch-branches", "batch-calculation", "batch-history", "batch-hold-sheet", "batch-on-hold"],
  ...["lots", "new-lot", "lot-refused", "equipment", "equipment-one", "equipment-refused", "qualifications"],
  ...["attachment-chosen", "attachment-saved", "device-read", "device-typed", "devices"],
  ...["offline-sign", "change-person", "conflicts", "conflicts-none", "conflict-decided"],
  ...["execution-held", "deviations", "deviation", "deviation-evidence", "deviation-signing"],
  ...["capa"],
  ...["reviews", "review", "review-signing", "review-released"],
  ...["backups", "backups-embedded"],
  ...["releases", "release", "rollout", "update"],
];

if (!process.argv.includes("--taken")) {
  const isBuilt = (await buildUi()).ok && (await buildPrograms(["viruj-station", "viruj-server"])).ok;
  if (!isBuilt) giveUp("the programs are not built");
  const env = { VIRUJ_POSTGRES_DIR: nativePostgres };
  const files = [...STORIES.map((story) => `e2e/${story}.test.mjs`), "packaging/updates.test.mjs"];
  const options = ["--test", "--test-force-exit", "--test-concurrency=1"];
  if (!(await run("node", [...options, ...files], { env })).ok)
    giveUp("a story failed; its pictures would not be the truth");
}

// <screen>-<width>x<height>-<look>.png
const screenOf = (file) => /^(.+)-\d+x\d+-\w+\.png$/.exec(file)?.[1];
const present = fs.existsSync(TAKEN) ? fs.readdirSync(TAKEN) : [];
const taken = present.filter((file) => SCREENS.includes(screenOf(file)));
const missing = SCREENS.filter((screen) => !taken.some((file) => screenOf(file) === screen));
if (missing.length > 0) giveUp(`no picture of: ${missing.join(", ")}`);
fs.mkdirSync(SHOWN, { recursive: true });
// The words about the pictures stay.
for (const file of fs.readdirSync(SHOWN)) if (file.endsWith(".png")) fs.rmSync(path.join(SHOWN, file));
for (const file of taken) fs.copyFileSync(path.join(TAKEN, file), path.join(SHOWN, file));
say(`${taken.length} pictures of ${SCREENS.length} screens`);
