import type { Copying } from "../bridge/bindings";

/** Whole percent that never says "done" before it is. */
export function percentRead({ read, expected }: Copying): number {
  if (expected === 0) return 0;
  return Math.min(99, Math.floor((100 * read) / expected));
}
