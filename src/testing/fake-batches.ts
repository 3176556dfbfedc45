import type {
  BatchEvent,
  BatchEventKind,
  BatchHistory,
  BatchProposal,
  BatchRecordFiles,
  BatchView,
  MakeableProduct,
  MakeBatch,
  SavedFile,
  TakeBatchStep,
} from "../bridge/bindings";
import { failure } from "./fake-station";

const event = (kind: BatchEventKind, change: Partial<BatchEvent> = {}): BatchEvent => ({
  id: crypto.randomUUID(),
  kind,
  at: "2026-11-24T09:00:00Z",
  deviceAt: null,
  personName: "John Smith",
  stationName: null,
  phaseNumber: null,
  phaseTitle: null,
  old: null,
  new: null,
  reason: null,
  ...change,
});

/** What the server answers about whole batches, roughly; refusals come from a test's `failures`. */
export class FakeBatches {
  products: MakeableProduct[] = [
    { masterRecordId: "master-1", product: "Metformin HCl 500 mg", productCode: "MET500", version: 3 },
    { masterRecordId: "master-2", product: "Blend for capsules", productCode: "BLE250", version: 1 },
  ];
  events: BatchEvent[] = [
    event("deviation_opened", { new: "DEV-26-004", personName: "David Chen" }),
    event("recorded", {
      phaseNumber: 2,
      phaseTitle: "Set the impeller",
      new: "112 rpm",
      personName: "David Chen",
      stationName: "Granulation 2",
    }),
    event("held", { old: "Planned", new: "On Hold", reason: "The room is too warm." }),
    event("made"),
  ];

  answer(command: string, args: Record<string, unknown>, batch: BatchView): unknown {
    switch (command) {
      case "makeable_products":
        return structuredClone(this.products);
      case "propose_batch":
        return this.propose(args.masterRecordId as string);
      case "make_batch":
        return this.make(args.batch as MakeBatch);
      case "take_batch_step":
        return this.take(args.step as TakeBatchStep, batch);
      case "write_batch_record":
        return {
          pdf: "/home/operator/Downloads/batch-record-MET-26-007.pdf",
          json: "/home/operator/Downloads/batch-record-MET-26-007.json",
          recordSha256: "5a".repeat(32),
        } satisfies BatchRecordFiles;
      case "save_attachment":
        return { path: "/home/operator/Downloads/MET-26-007-step-3-5f5f5f5f5f5f.png" } satisfies SavedFile;
      default:
        return { items: structuredClone(this.events), nextCursor: null } satisfies BatchHistory;
    }
  }

  private propose(id: string): BatchProposal {
    const product = this.products.find(({ masterRecordId }) => masterRecordId === id);
    if (product === undefined) throw failure("not_found");
    return {
      ...product,
      quantity: "200.00",
      unit: "kg",
      phaseCount: 62,
      timeZone: "Asia/Kolkata",
      people: [{ id: "prod-op-1", name: "David Chen" }],
    };
  }

  private make(wanted: MakeBatch) {
    if (wanted.plannedLastDay < wanted.plannedFirstDay) throw failure("plan_invalid");
    return { id: "batch-1", number: "MET-26-0143" };
  }

  private take({ step, reason }: TakeBatchStep, batch: BatchView): BatchView {
    const until = "2026-11-26T08:40:00Z";
    if (step === "give_back")
      batch.lease = { place: "nowhere", stationName: null, until: null, operation: null, steps: ["take"] };
    if (step === "take" || step === "take_over") {
      batch.lease = { place: "here", stationName: null, until, operation: null, steps: ["give_back"] };
    }
    if (step !== "hold" && step !== "resume") return structuredClone(batch);
    const isHeld = step === "hold";
    Object.assign(batch, {
      status: isHeld ? "On Hold" : "In Progress",
      holdReason: isHeld ? reason : null,
      blockedCode: isHeld ? "batch_on_hold" : null,
      steps: [],
    });
    return structuredClone(batch);
  }
}
