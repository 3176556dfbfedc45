import { useEffect, useSyncExternalStore } from "react";

/** Stands as long as anybody raises it. */
export class Flag {
  private raisedBy = 0;
  private readonly listeners = new Set<() => void>();

  /** Raises it; the result lets it go. */
  readonly raise = () => {
    this.change(1);
    return () => this.change(-1);
  };

  readonly listen = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly isRaised = () => this.raisedBy > 0;

  private change(by: number) {
    this.raisedBy += by;
    for (const listener of this.listeners) listener();
  }
}

export function useRaised(flag: Flag, isActive: boolean): void {
  useEffect(() => (isActive ? flag.raise() : undefined), [flag, isActive]);
}

export function useIsRaised(flag: Flag): boolean {
  return useSyncExternalStore(flag.listen, flag.isRaised);
}
