import type {
  ApiKeyListQuery,
  AuditTrailQuery,
  BatchListQuery,
  EquipmentListQuery,
  ListName,
  LotListQuery,
  MasterRecordListQuery,
  QualificationListQuery,
  QueryKey,
  UserListQuery,
} from "./bindings";

/** The keys of the cached queries; the first part is the name by which the station calls them stale. */
export const keys = {
  status: ["status"],
  person: ["person"],
  account: ["account"],
  batches: (query: BatchListQuery) => ["batches", query],
  batch: (batchId: string) => ["batch", batchId],
  batchHistory: (batchId: string) => ["batch", batchId, "history"],
  makeableProducts: ["master_records", "makeable"],
  batchProposal: (masterRecordId: string) => ["master_records", "proposal", masterRecordId],
  number: (batchId: string, phaseId: string, text: string) => ["number", batchId, phaseId, text],
  /** Whether this person has signed with both components since signing in. */
  identified: (personId: string) => ["identified", personId],
  unsent: ["unsent"],
  list: (list: ListName) => ["lists", list],
  users: (filter: Omit<UserListQuery, "cursor">) => ["users", "list", filter],
  user: (userId: string) => ["users", "one", userId],
  roleMatrix: ["role_matrix"],
  plantList: ["plants", "list"],
  plant: (plantId: string) => ["plants", "one", plantId],
  auditTrail: (query: AuditTrailQuery) => ["audit_trail", query],
  apiKeys: (filter: Omit<ApiKeyListQuery, "cursor">) => ["api_keys", "list", filter],
  apiKeyChoices: ["api_keys", "choices"],
  backups: ["backups"],
  masterRecords: (filter: Omit<MasterRecordListQuery, "cursor">) => ["master_records", "list", filter],
  masterRecord: (id: string) => ["master_records", "one", id],
  masterRecordDifference: (id: string, from: string) => ["master_records", "difference", id, from],
  /** What is wrong with a text that nobody has saved: the same text always has the same faults. */
  procedureFaults: (text: string) => ["procedure_faults", text],
  lots: (filter: Omit<LotListQuery, "cursor">) => ["lots", "list", filter],
  lot: (id: string) => ["lots", "one", id],
  equipmentList: (filter: Omit<EquipmentListQuery, "cursor">) => ["equipment", "list", filter],
  equipment: (id: string) => ["equipment", "one", id],
  qualifications: (filter: Omit<QualificationListQuery, "cursor">) => ["qualifications", "list", filter],
  qualification: (id: string) => ["qualifications", "one", id],
  qualificationCandidates: ["qualifications", "candidates"],
  /** Whether a lot or a piece of equipment may be taken for a step. */
  resource: (batchId: string, phaseId: string, text: string) => ["batch", batchId, "resource", phaseId, text],
  settings: ["settings"],
  singleSignOn: ["single_sign_on"],
  plants: ["registration_plants"],
  timeZones: ["time_zones"],
} as const;

export const staleKey = (query: QueryKey) => [query] as const;
