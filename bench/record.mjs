// The record of a large batch: 300 phases, each signed by two people, with its whole trail, printed and sealed.
import { buildPrograms } from "../scripts/lib/build.mjs";
import { figure } from "../scripts/lib/figures.mjs";
import { binary } from "../scripts/lib/paths.mjs";
import { run } from "../scripts/lib/run.mjs";

const PHASES = 300;

export async function measure() {
  const built = await buildPrograms([], { examples: ["print_record"], release: true });
  if (!built.ok) return ["record_print"];
  const printed = await run(binary("examples/print_record", "release"), [String(PHASES)], { quiet: true });
  if (!printed.ok) return ["record_print"];
  const [milliseconds, kilobytes, bytes] = printed.output.trim().split(" ").map(Number);
  figure("record_print", milliseconds / 1000, "s", ["<=", 1]);
  figure("record_print_memory", kilobytes / 1024, "MiB", ["<=", 200]);
  figure("record_print_size", bytes / 1024, "KiB");
  return [];
}
