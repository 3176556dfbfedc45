// Runs parts one after the other, all of them whatever happens, and says what each took.

import { countNotHere } from "./not-here.mjs";
import { say, stopwatch } from "./report.mjs";
import { add, single } from "./results.mjs";
import { writeTraceability } from "./traceability.mjs";

// Lines of a failure's reason that stand in the summary: the output before it may be cut where it is read.
const WHY = 8;

export async function runParts(parts) {
  const done = [];
  for (const [name, work] of parts) {
    say(`\n== ${name}`);
    const seconds = stopwatch();
    let result;
    try {
      result = await work();
    } catch (error) {
      process.stderr.write(`${error.stack}\n`);
      result = single(name, "could not run", false);
    }
    done.push({ name, result, minutes: seconds() / 60 });
  }
  return { parts: done, total: add(...done.map((part) => part.result)) };
}

// The last line is the one that others read.
export function summarise({ parts, total }, { whole }) {
  say("");
  for (const { name, result, minutes } of parts) {
    say(`${name.padEnd(24)} ${minutes.toFixed(1).padStart(5)} min  ${result.passed} passed, ${result.failed} failed`);
    for (const row of result.rows.filter((row) => !row.passed)) {
      say(`    failed: ${row.group}: ${row.name}`);
      for (const line of (row.why ?? "").split("\n").slice(0, WHY)) if (line.trim()) say(`        ${line}`);
    }
  }
  // Half a run would drop the rows of the other half.
  if (whole) writeTraceability(total.rows);
  say(`${countNotHere()} not possible here`);
  say(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0;
}
