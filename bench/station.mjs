// The station alone: how soon it can be used, how much memory it takes, how soon an entry is durable.
import fs from "node:fs";
import path from "node:path";
import { setUpDesk } from "../e2e/support/desk.mjs";
import { descendantsOf, TiedProcess } from "../e2e/support/processes.mjs";
import { buildPrograms, buildUi } from "../scripts/lib/build.mjs";
import { figure, percentile } from "../scripts/lib/figures.mjs";
import { binary, cache, nativePostgres } from "../scripts/lib/paths.mjs";
import { run } from "../scripts/lib/run.mjs";
import { waitUntil } from "../scripts/lib/wait.mjs";

const STARTS = 5;

export async function measure() {
  const unmeasured = [];
  const programs = () => buildPrograms(["viruj-station"], { examples: ["append_bench"], release: true });
  const built = (await buildUi()).ok && (await programs()).ok;
  if (!built) return ["start_to_first_paint", "memory_pss", "durable_entry"];
  await measureWindow().catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    unmeasured.push("start_to_first_paint", "memory_pss");
  });
  measureBareSync();
  // In Rust, beside the store itself: it prints its figures in the same form.
  const appended = await run(binary("examples/append_bench", "release"), [path.join(cache, "bench")]);
  if (!appended.ok || !/^figure station.durable_entry/m.test(appended.output)) unmeasured.push("durable_entry");
  return unmeasured;
}

// The first start makes the database and the demo and is a figure of its own.
async function measureWindow() {
  const desk = await setUpDesk();
  try {
    const first = await start(desk, ["--demo"]);
    figure("first_start_to_paint", first.seconds, "s", ["<=", 30]);
    await first.station.end();
    const seconds = [];
    let memory = 0;
    for (let count = 0; count < STARTS; count += 1) {
      const next = await start(desk, []);
      seconds.push(next.seconds);
      memory = Math.max(memory, pss(next.station.pid));
      await next.station.end();
    }
    figure("start_to_first_paint", percentile(seconds, 0.5), "s", ["<=", 3]);
    figure("memory_pss", memory, "MiB", ["<=", 450]);
  } finally {
    await desk.clear();
  }
}

// The station logs the moment at which its first usable screen has been painted.
async function start(desk, args) {
  const log = path.join(desk.stationData, "logs", "station.log");
  const paints = () => (fs.existsSync(log) ? fs.readFileSync(log, "utf8").split("first usable paint").length - 1 : 0);
  const before = paints();
  const begun = performance.now();
  const station = new TiedProcess(binary("viruj-station", "release"), args, {
    env: { ...desk.env, VIRUJ_POSTGRES_DIR: nativePostgres, DATABASE_URL: undefined, VIRUJ_SERVER_URL: undefined },
    log: path.join(desk.logs, "station.log"),
  });
  await waitUntil("the first usable paint", () => {
    station.assertRunning();
    return paints() > before;
  });
  return { station, seconds: (performance.now() - begun) / 1000 };
}

// Shared pages are counted once over all processes: the window, the web view's, PostgreSQL's.
function pss(pid) {
  const kib = [pid, ...descendantsOf(pid)].map((process) => {
    const text = fs.readFileSync(`/proc/${process}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  });
  return kib.reduce((sum, value) => sum + value, 0) / 1024;
}

// What the disk alone takes, on the disk of the entry: no store can be faster than this.
function measureBareSync() {
  const folder = path.join(cache, "bench");
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "bare-sync");
  const handle = fs.openSync(file, "w");
  const block = Buffer.alloc(4096, 1);
  const times = [];
  for (let count = 0; count < 500; count += 1) {
    const begun = performance.now();
    fs.writeSync(handle, block);
    fs.fsyncSync(handle);
    times.push(performance.now() - begun);
  }
  fs.closeSync(handle);
  fs.rmSync(file);
  figure("bare_fsync_p50", percentile(times, 0.5), "ms");
  figure("bare_fsync_p99", percentile(times, 0.99), "ms");
}
