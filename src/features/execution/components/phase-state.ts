import type { BatchView, PhaseView } from "../../../bridge/bindings";

export type PhaseState =
  | "done"
  | "current"
  | "open"
  | "waiting"
  | "running"
  | "approval"
  | "rejected"
  | "not_applicable";

const held = ["awaits_disposition", "stopped_by_disposition"];

/** How a step is drawn in the list. */
export function phaseState(batch: BatchView, phase: PhaseView): PhaseState {
  if (phase.turn === "repeat" && phase.id === batch.nextPhaseId) return "current";
  if (phase.status === "Completed") return "done";
  if (phase.status === "Requires Approval") return "approval";
  if (phase.status === "Not Applicable") return "not_applicable";
  if (phase.status === "Rejected") return "rejected";
  if (phase.status === "In Progress") return "running";
  if (phase.waitsFor !== null && held.includes(phase.waitsFor.code)) return "waiting";
  if (phase.id === batch.nextPhaseId) return "current";
  // Every later step waits for an earlier one, and every step of a blocked batch for the batch: no mark of its own.
  const code = phase.waitsFor?.code ?? null;
  return code === null || code === "earlier_phase_open" || code === batch.blockedCode ? "open" : "waiting";
}

/** The entry that counts, newest first. */
export function effectiveEntry(phase: PhaseView) {
  const counting = phase.entries.filter((entry) => entry.isEffective && !entry.isCorrected);
  return counting.findLast((entry) => entry.kind !== "checked") ?? counting.at(-1) ?? phase.entries.at(-1);
}
