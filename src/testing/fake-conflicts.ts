import type { ConflictListQuery, ConflictSide, ConflictView, DecideConflict } from "../bridge/bindings";
import { entry } from "./fake-reviews";
import { failure } from "./fake-station";

function side(place: number, value: string, stationName: string, change: Partial<ConflictSide["entry"]>): ConflictSide {
  return { entry: entry(place, { value, ...change }), stationName, receivedAt: `2026-11-24T08:4${place}:02Z` };
}

/** Two stations that recorded one step. */
export class FakeConflicts {
  items: ConflictView[] = [
    {
      operationId: "0193fe10-0000-7000-9000-000000000003",
      batchId: "batch-1",
      batchNumber: "MET-26-0142",
      product: "Metformin HCl 500 mg",
      phaseNumber: 2,
      phaseTitle: "Impeller speed",
      kept: side(3, "112", "Granulation 3", {
        personName: "Anjali Rao",
        isEffective: false,
        verdictCode: "duplicate",
        reason: "Read at the second display",
        signature: {
          personName: "Anjali Rao",
          meaning: "performed",
          method: "person_key",
          signedAt: "2026-11-24T08:41:00Z",
          timeZone: "Asia/Kolkata",
        },
      }),
      standing: side(2, "110", "Granulation 2", {}),
      cause: "duplicate",
      deviation: { id: "0193fe10-0000-7000-8000-000000000011", code: "DEV-26-001", status: "Open" },
      decision: null,
      contentHash: "aa".repeat(32),
      refusal: null,
      timeZone: "Asia/Kolkata",
    },
  ];

  answer(command: string, args: Record<string, unknown>): unknown {
    if (command === "decide_conflict") return this.decide(args.decision as DecideConflict);
    const { onlyOpen } = args.query as ConflictListQuery;
    return structuredClone({
      items: this.items.filter(({ decision }) => !onlyOpen || decision === null),
      nextCursor: null,
    });
  }

  private decide({ operationId, reason, signature }: DecideConflict): ConflictView {
    const found = this.items.find((item) => item.operationId === operationId);
    if (found === undefined || signature.contentHash !== found.contentHash) throw failure("content_differs");
    if (signature.password !== "demo123") throw failure("wrong_password");
    found.decision = {
      comment: reason,
      person: { id: "qa-man-1", name: "Priya Sharma" },
      decided_at: "2026-11-24T09:00:00Z",
      is_signed: true,
    };
    return structuredClone(found);
  }
}
