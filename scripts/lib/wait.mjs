import { setTimeout as pause } from "node:timers/promises";

// Asks until the answer is truthy and returns it. The deadline is an error that says what was waited for.
export async function waitUntil(what, condition, { seconds = 60, every = 25 } = {}) {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await pause(every);
  }
}
