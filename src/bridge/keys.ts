import type {
  ApiKeyListQuery,
  AuditTrailQuery,
  BatchListQuery,
  CapaListQuery,
  DeviationListQuery,
  ListName,
  MasterRecordListQuery,
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
  deviations: (filter: Omit<DeviationListQuery, "cursor">) => ["deviations", "list", filter],
  deviation: (id: string) => ["deviations", "one", id],
  capas: (filter: Omit<CapaListQuery, "cursor">) => ["deviations", "capas", filter],
  capa: (id: string) => ["deviations", "capa", id],
  settings: ["settings"],
  singleSignOn: ["single_sign_on"],
  plants: ["registration_plants"],
  timeZones: ["time_zones"],
} as const;

export const staleKey = (query: QueryKey) => [query] as const;
