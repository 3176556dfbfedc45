import { useEffect, useSyncExternalStore } from "react";

let holders = 0;
const listeners = new Set<() => void>();

function change(by: number) {
  holders += by;
  for (const listener of listeners) listener();
}

/** While a decision is open, everything outside it cannot be pressed; whoever draws the outside asks `useIsHeld`. */
export function useHold(isActive: boolean): void {
  useEffect(() => {
    if (!isActive) return;
    change(1);
    return () => change(-1);
  }, [isActive]);
}

export function useIsHeld(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => holders > 0,
  );
}
