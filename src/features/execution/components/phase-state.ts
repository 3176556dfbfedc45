import type { BatchView, PhaseView } from "../../../bridge/bindings";

export type PhaseState = "done" | "current" | "open" | "waiting" | "running" | "approval" | "rejected";

/** How a step is drawn in the list. */
export function phaseState(batch: BatchView, phase: PhaseView): PhaseState {
  if (phase.status === "Completed") return "done";
  if (phase.status === "Requires Approval") return "approval";
  if (phase.status === "Rejected") return "rejected";
  if (phase.status === "In Progress") return "running";
  if (phase.id === batch.nextPhaseId) return "current";
  // Every later step waits for an earlier one; only other reasons are worth a mark of their own.
  return phase.waitsFor === null || phase.waitsFor.code === "earlier_phase_open" ? "open" : "waiting";
}

/** The entry that counts, newest first. */
export function effectiveEntry(phase: PhaseView) {
  return phase.entries.findLast((entry) => entry.isEffective) ?? phase.entries.at(-1);
}
