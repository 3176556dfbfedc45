import type { CapaStatus, DeviationStatus, Disposition, Severity } from "../../../bridge/bindings";

/** The words that a deviation may hold, in the order in which they are offered. */
export const severities: Severity[] = ["Low", "Medium", "High", "Critical"];

/** The way of a deviation that is closed. */
export const way: DeviationStatus[] = [
  "Open",
  "Investigation",
  "Pending Manager Review",
  "Pending Final Approval",
  "Closed",
];

export const deviationStatuses: DeviationStatus[] = [...way, "Rejected"];

export const dispositions: Disposition[] = ["accept_as_is", "repeat", "reject_material", "reject_batch"];

export const capaWay: CapaStatus[] = ["Open", "Investigation", "Action Plan", "Effectiveness Check", "Closed"];
