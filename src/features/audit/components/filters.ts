import type { AuditTrailQuery } from "../../../bridge/bindings";

/** Nothing is left out but by the plant. */
export const everything: AuditTrailQuery = {
  feed: null,
  entity: null,
  recordId: null,
  actor: null,
  action: null,
  from: null,
  to: null,
};

/** The kinds of records that people look for; every other one is found by its entry. */
export const entities = [
  "batch_phases",
  "batch_records",
  "deviations",
  "gate_entries",
  "goods_receipt_notes",
  "materials",
  "operations",
  "phase_entries",
  "plants",
  "production_batches",
  "quality_samples",
  "quality_tests",
  "sessions",
  "stations",
  "users",
] as const;

/** Whether entries between the first and the last one may be missing from what is shown. */
export const hasGaps = (query: AuditTrailQuery) =>
  query.entity !== null || query.recordId !== null || query.actor !== null || query.action !== null;
