// What the person at the terminal is told.

export function say(text) {
  process.stdout.write(`${text}\n`);
}

// One clear line and the end: there is nothing sensible to go on with.
export function giveUp(text) {
  process.stderr.write(`viruj: ${text}\n`);
  process.exit(1);
}

export function stopwatch() {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

// Runs a step and stamps its end with the seconds it took.
export async function step(name, work) {
  const seconds = stopwatch();
  const result = await work();
  say(`[${name}] ${seconds().toFixed(1)} s${typeof result === "string" ? ` · ${result}` : ""}`);
  return result;
}
