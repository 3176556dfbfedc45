import type {
  AccountView,
  AuditTrailPage,
  BackupList,
  BatchListItem,
  BatchStatus,
  BatchView,
  EntryView,
  MenuItem,
  NumberView,
  PhaseTask,
  PhaseView,
  SignedInPerson,
  StationSettings,
  StationStatus,
  TextList,
} from "../bridge/bindings";

/** Data for the tests and the preview page; none of it reaches the production bundle. */
export const readyStatus: StationStatus = {
  stage: { type: "ready" },
  stationName: "Granulation 2",
  plantId: "plant-a",
  plantName: "Hyderabad Plant",
  timeZone: "Asia/Kolkata",
  connection: { type: "online" },
  unsent: 0,
  oldestUnsentAt: null,
  lastSyncedAt: "2026-11-24T09:02:05Z",
  copying: null,
  serverTime: "2026-11-24T09:02:07Z",
  clockOff: null,
  update: null,
  isDemo: true,
  source: "embedded",
};

export const operatorMenu: MenuItem[] = [
  { section: "Execution", label: "My Batches", screen: "my_batches" },
  { section: "Execution", label: "Batch Execution", screen: "batch_execution" },
  { section: "Tasks", label: "Material Issue", screen: "materials" },
];

export const operator: SignedInPerson = {
  id: "prod-op-1",
  name: "David Chen",
  email: "david.chen@pharma.com",
  role: "Production Operator",
  department: "Production",
  menu: operatorMenu,
  canExecute: true,
  canPlanBatches: false,
  canRegisterStation: false,
  canReviewAudit: false,
  isOffline: false,
  mustChangePassword: false,
};

export const account: AccountView = {
  passwordChangedAt: "2026-11-02T06:12:00Z",
  hasSecondFactor: false,
  recoveryCodesLeft: 0,
  sessions: [
    {
      id: "0199a000-0000-7000-8000-000000000001",
      openedAt: "2026-11-24T08:30:00Z",
      refreshedAt: "2026-11-24T09:00:00Z",
      expiresAt: "2026-11-24T20:30:00Z",
      address: "10.1.4.22",
      stationName: "Granulation 2",
      isCurrent: true,
    },
    {
      id: "0199a000-0000-7000-8000-000000000002",
      openedAt: "2026-11-24T05:10:00Z",
      refreshedAt: "2026-11-24T08:55:00Z",
      expiresAt: "2026-11-24T17:10:00Z",
      address: "10.1.9.7",
      stationName: null,
      isCurrent: false,
    },
  ],
};

export const reviewer: SignedInPerson = {
  ...operator,
  id: "qa-mgr-1",
  name: "Michael Brown",
  email: "michael.brown@pharma.com",
  role: "QA Manager",
  department: "Quality Assurance",
  menu: [{ section: "Systems", label: "Audit Trail", screen: "audit_trail" }],
  canExecute: false,
  canReviewAudit: true,
};

const auditEntry = {
  feed: "plant-a",
  deviceAt: null,
  stationName: null,
  detail: null,
  hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  reviewedBy: null,
  reviewedAt: null,
};

/** Newest first. */
export const auditTrail: AuditTrailPage = {
  entries: [
    {
      ...auditEntry,
      seq: "12",
      at: "2026-11-24T08:55:00Z",
      deviceAt: "2026-11-24T08:54:58Z",
      actor: "prod-op-1",
      actorName: "David Chen",
      stationName: "Granulation 2",
      entity: "gate_entries",
      recordId: "0193-a",
      action: "changed",
      changes: [
        { field: "quantity", old: "0.50", new: "0.5" },
        { field: "remarks", old: null, new: "label read again" },
      ],
      reason: "label read again",
    },
    {
      ...auditEntry,
      seq: "11",
      at: "2026-11-24T08:40:00Z",
      actor: "system:migrate",
      actorName: null,
      entity: "deviations",
      recordId: "0193-b",
      action: "created",
      changes: [{ field: "code", old: null, new: "DEV-26-001" }],
      reason: null,
      reviewedBy: "Michael Brown",
      reviewedAt: "2026-11-24T09:00:00Z",
    },
  ],
  nextCursor: null,
};

export const backupList: BackupList = {
  items: [
    {
      id: "b-2",
      recoveryPoint: "2026-11-23T21:00:00Z",
      finishedAt: "2026-11-23T21:00:09Z",
      cause: "nightly",
      requestedByName: null,
      fileName: "viruj-backup-20261123T210000Z.age",
      sizeBytes: "182044",
      rowCount: "4810",
      sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
      failure: null,
    },
    {
      id: "b-1",
      recoveryPoint: "2026-11-22T21:00:00Z",
      finishedAt: "2026-11-22T21:00:01Z",
      cause: "person",
      requestedByName: "Admin User",
      fileName: "viruj-backup-20261122T210000Z.age",
      sizeBytes: null,
      rowCount: null,
      sha256: null,
      failure: "backup_disk_full",
    },
  ],
  folder: "/mnt/backup",
  lastRecoveryPoint: "2026-11-23T21:00:00Z",
  warning: null,
};

export const administrator: SignedInPerson = {
  ...operator,
  id: "admin-1",
  name: "Admin User",
  email: "admin@pharma.com",
  role: "System Admin",
  department: "Administration",
  menu: [
    { section: "Core", label: "User Management", screen: "users" },
    { section: "Core", label: "Roles", screen: "roles" },
    { section: "Core", label: "Plants", screen: "plants" },
    { section: "Systems", label: "Audit Trail", screen: "audit_trail" },
    { section: "Systems", label: "API Keys", screen: "api_keys" },
    { section: "Systems", label: "Backups", screen: "backups" },
    { section: "Systems", label: "Releases", screen: "releases" },
  ],
  canExecute: false,
  canRegisterStation: true,
};

export const author: SignedInPerson = {
  ...operator,
  id: "prod-head-1",
  name: "John Smith",
  email: "john.smith@pharma.com",
  role: "Production Head",
  menu: [{ section: "Documentation", label: "Master Batch Records", screen: "master_records" }],
  canExecute: false,
  canPlanBatches: true,
};

export const stationSettings: StationSettings = {
  source: "embedded",
  databaseUrl: null,
  serverUrl: null,
  backupFolder: null,
  dataFolder: "/home/floor/.local/share/viruj-station",
  settingsFile: "/home/floor/.local/share/viruj-station/station.toml",
  language: "en",
  theme: "light",
  density: "comfortable",
  isFromEnvironment: false,
  version: "0.1.0",
};

const rpm: NumberView = { unit: "rpm", places: 0, low: "90", target: "110", high: "130", device: null };
const kilograms: NumberView = { unit: "kg", places: 2, low: "179.10", target: "180.00", high: "180.90", device: null };
const percent: NumberView = { unit: "%", places: 2, low: null, target: null, high: "2.50", device: null };

type Row = [string, string, string, string, PhaseTask, PhaseView["signature"]];

const rows: Row[] = [
  [
    "Granulation",
    "Preparation",
    "Check line clearance",
    "Check that the granulation room and the mixer are empty, clean and labelled for this batch. No material or label of an earlier batch may remain.",
    { type: "confirmation" },
    null,
  ],
  [
    "Granulation",
    "Preparation",
    "Charge metformin hydrochloride",
    "Charge metformin hydrochloride from the weighed containers into the mixer. Scan each container.",
    { type: "material_charge", material: "Metformin hydrochloride", materialCode: "RM-0007", number: kilograms },
    null,
  ],
  [
    "Granulation",
    "Wet mixing",
    "Start the mixer",
    "Close the lid, check the interlock and start the mixer at low speed.",
    { type: "confirmation" },
    null,
  ],
  [
    "Granulation",
    "Wet mixing",
    "Record impeller speed",
    "Set the impeller to 110 rpm and read the display after one minute.",
    { type: "value", number: rpm },
    null,
  ],
  [
    "Granulation",
    "Wet mixing",
    "Mixing time",
    "Let the mass mix at 110 rpm. Do not open the lid.",
    { type: "timer", minimumSeconds: 600, maximumSeconds: 720, startedAt: null },
    null,
  ],
  [
    "Granulation",
    "Wet mixing",
    "In-process check: loss on drying",
    "Take 5 g from the middle of the bowl and measure the loss on drying at 105 °C.",
    { type: "in_process_check", number: percent },
    "performed",
  ],
  [
    "Granulation",
    "Drying",
    "Request a sample of the dried granules",
    "Take 50 g of dried granules from three places into one container.",
    { type: "sample_request", sample: "Dried granules", tests: ["Loss on drying", "Assay", "Bulk density"] },
    null,
  ],
  [
    "Granulation",
    "Drying",
    "Verify the end of drying",
    "A second person checks the record of the drying phase.",
    { type: "confirmation" },
    "verified",
  ],
  [
    "Compression",
    "Set-up",
    "Check tooling",
    "Check that tooling 12 mm, biconvex, is mounted and undamaged.",
    { type: "confirmation" },
    null,
  ],
  [
    "Compression",
    "Compression",
    "Record average tablet weight",
    "Weigh 20 tablets and record the average weight.",
    {
      type: "in_process_check",
      number: { unit: "mg", places: 1, low: "617.5", target: "650.0", high: "682.5", device: null },
    },
    "performed",
  ],
];

function done(row: Row, at: number): EntryView {
  const charge = row[4].type === "material_charge";
  return {
    operationId: `op-${at}`,
    kind: charge ? "number" : "confirmed",
    value: charge ? "180.02" : null,
    unit: charge ? "kg" : null,
    lot: charge ? "L-26-0311" : null,
    container: null,
    text: null,
    elapsedSeconds: null,
    personName: "David Chen",
    recordedAt: `2026-11-24T08:${String(28 + at * 4).padStart(2, "0")}:12Z`,
    reason: null,
    deviation: null,
    signature: null,
    isUnsent: false,
    verdictCode: null,
    isEffective: true,
    isCorrection: false,
    isCorrected: false,
    canBeCorrected: false,
    file: null,
    source: null,
    isManual: false,
  };
}

export function metforminBatch(completed = 3): BatchView {
  const phases = rows.map((row, index): PhaseView => {
    const [unitProcedure, operation, title, instruction, task, signature] = row;
    return {
      id: `phase-${index + 1}`,
      number: index + 1,
      unitProcedure,
      operation,
      title,
      instruction,
      status: index < completed ? "Completed" : "Pending",
      version: "1",
      task: structuredClone(task),
      turn: "execute",
      signature,
      correctionSignature: signature,
      isVerified: false,
      obstacle: null,
      waitsFor:
        index > completed ? { code: "earlier_phase_open", values: [{ name: "number", value: String(index) }] } : null,
      entries: index < completed ? [done(row, index)] : [],
    };
  });
  return {
    id: "batch-1",
    number: "MET-26-0142",
    product: "Metformin HCl 500 mg",
    quantity: "200.00",
    unit: "kg",
    status: completed >= phases.length ? "Completed" : "In Progress",
    recordStatus: completed >= phases.length ? "Complete" : "Incomplete",
    releaseStatus: "Pending",
    holdReason: null,
    completedPhases: completed,
    phases,
    nextPhaseId: phases[completed]?.id ?? null,
    blockedCode: null,
    plannedStart: null,
    plannedEnd: null,
    version: "1",
    steps: [],
    signingNeedsServer: false,
    lease: { place: "here", stationName: null, until: "2026-11-26T08:40:00Z", operation: null, steps: ["give_back"] },
  };
}

const products = ["Metformin HCl 500 mg", "Paracetamol 650 mg", "Amlodipine 5 mg", "Azithromycin 250 mg"];
const statuses: BatchStatus[] = [
  "In Progress",
  "Planned",
  "In Progress",
  "QC Review",
  "Completed",
  "On Hold",
  "Delayed",
  "Blocked",
];

export function batchItems(count: number): BatchListItem[] {
  return Array.from({ length: count }, (_, index): BatchListItem => {
    const status = statuses[index % statuses.length] ?? "Planned";
    const finished = status === "Completed" || status === "QC Review";
    const completed = finished ? 62 : status === "Planned" ? 0 : (index * 7) % 60;
    return {
      id: `batch-${index + 1}`,
      number: `MET-26-${String(142 + index).padStart(4, "0")}`,
      product: products[index % products.length] ?? "",
      quantity: "200.00",
      unit: "kg",
      status,
      releaseStatus: "Pending",
      startedAt: `2026-11-${String(24 - (index % 20)).padStart(2, "0")}T05:15:00Z`,
      completedPhases: completed,
      phaseCount: 62,
      nextPhase: finished ? null : "Record impeller speed",
      assignedToName: index % 3 === 0 ? "David Chen" : "Sarah Johnson",
      isMine: index % 3 === 0,
      holdReason: status === "On Hold" ? "LOD result under review" : null,
      openDeviations: index % 5 === 2 ? 1 : 0,
      unsent: index % 6 === 2 ? 3 : 0,
    };
  });
}

export const materials: TextList = {
  columns: [
    { key: "code", kind: "code" },
    { key: "name", kind: "text" },
    { key: "type", kind: "text" },
    { key: "default_unit", kind: "text" },
    { key: "status", kind: "status" },
    { key: "quantity", kind: "number" },
    { key: "created_at", kind: "time" },
  ],
  rows: Array.from({ length: 30 }, (_, index) => ({
    id: `m-${index}`,
    cells: [
      `RM-${String(index + 1).padStart(4, "0")}`,
      index % 2 ? "Povidone K30" : "Metformin hydrochloride",
      "Raw Material",
      "kg",
      "Approved",
      "1250.500",
      "2026-11-20T04:05:00Z",
    ],
  })),
  hasMore: false,
};
