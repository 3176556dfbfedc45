import type { ReleaseView, RolloutInput } from "../bridge/bindings";

function release(version: string, change: Partial<ReleaseView> = {}): ReleaseView {
  return {
    id: `0193fe00-0000-7000-8000-0000000${version.replaceAll(".", "0")}`,
    version,
    target: "linux-x86_64",
    sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    sizeBytes: "14212096",
    builderKey: "3A9F64E2B1C07D58",
    notes: "Quicker search",
    state: "running",
    ring: "pilot",
    percentage: 100,
    stoppedBecause: null,
    stoppedByItself: null,
    publishedBy: "Admin User",
    publishedAt: "2026-11-23T06:00:00Z",
    stations: { healthy: 0, installing: 0, refused: 0, putBack: 0, silent: 0 },
    ...change,
  };
}

/** Releases as the server would answer, roughly. */
export class FakeReleases {
  items = [
    release("1.2.0", {
      state: "paused",
      stoppedByItself: "update_put_back",
      ring: "plant",
      percentage: 20,
      stations: { healthy: 3, installing: 0, refused: 0, putBack: 1, silent: 0 },
    }),
    release("1.1.0", {
      ring: "all",
      publishedBy: null,
      stations: { healthy: 40, installing: 0, refused: 0, putBack: 0, silent: 0 },
    }),
  ];

  answer(command: string, args: Record<string, unknown>): unknown {
    if (command === "list_releases") return structuredClone(this.items);
    const { releaseId, reason, ...change } = args.input as RolloutInput;
    const changed = this.items.find(({ id }) => id === releaseId) as ReleaseView;
    const isRunning = change.state === "running";
    Object.assign(changed, change, { stoppedByItself: null, stoppedBecause: isRunning ? null : reason });
    return structuredClone(changed);
  }
}
