import { invoke } from "@tauri-apps/api/core";
import { type EventCallback, listen } from "@tauri-apps/api/event";

async function typed<T>(answer: Promise<unknown>): Promise<Result<T, CommandError>> {
  try {
    return { status: "ok", data: (await answer) as T };
  } catch (e) {
    if (e instanceof Error) throw e;
    return { status: "error", error: e as CommandError };
  }
}

export const commands = {
  stationStatus: () => typed<StationStatus>(invoke("station_status")),
  retryStart: () => typed<null>(invoke("retry_start")),
  chooseDemo: () => typed<null>(invoke("choose_demo")),
  setUpPlant: (plant: PlantSetUp) => typed<null>(invoke("set_up_plant", { plant })),
  registrationPlants: () => typed<PlantOption[]>(invoke("registration_plants")),
  registerStation: (station: StationRegistration) => typed<null>(invoke("register_station", { station })),
  reportPainted: () => typed<null>(invoke("report_painted")),
  timeZones: () => typed<string[]>(invoke("time_zones")),
  signIn: (email: string, password: string) => typed<SignedInPerson>(invoke("sign_in", { email, password })),
  signOut: () => typed<null>(invoke("sign_out")),
  currentPerson: () => typed<SignedInPerson | null>(invoke("current_person")),
  listBatches: (query: BatchListQuery) => typed<BatchList>(invoke("list_batches", { query })),
  openBatch: (batchId: string) => typed<BatchView>(invoke("open_batch", { batchId })),
  checkNumber: (input: CheckNumber) => typed<NumberCheck>(invoke("check_number", { input })),
  recordEntry: (entry: RecordEntry) => typed<EntryReceipt>(invoke("record_entry", { entry })),
  listUnsent: () => typed<UnsentEntry[]>(invoke("list_unsent")),
  syncNow: () => typed<null>(invoke("sync_now")),
  readList: (list: ListName) => typed<TextList>(invoke("read_list", { list })),
  settings: () => typed<StationSettings>(invoke("settings")),
  saveSettings: (settings: SaveSettings) => typed<StationSettings>(invoke("save_settings", { settings })),
  savePreferences: (preferences: Preferences) => typed<null>(invoke("save_preferences", { preferences })),
};

export const events = {
  staleQueries: { listen: (cb: EventCallback<StaleQueries>) => listen<StaleQueries>("stale-queries", cb) },
};

export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };
export type StaleQueries = { queries: QueryKey[] };
export type BatchList = { items: BatchListItem[]; counts: StatusCount[]; asOf: string | null; isLoading: boolean };
export type BatchListItem = {
  id: string;
  number: string;
  product: string;
  quantity: string;
  unit: string;
  status: BatchStatus;
  releaseStatus: ReleaseStatus;
  startedAt: string;
  completedPhases: number;
  phaseCount: number;
  nextPhase: string | null;
  assignedToName: string | null;
  isMine: boolean;
  holdReason: string | null;
  openDeviations: number;
  unsent: number;
};
export type BatchListQuery = {
  search: string;
  statuses: BatchStatus[];
  sort: BatchSort;
  descending: boolean;
  onlyMine: boolean;
};
export type BatchSort = "number" | "product" | "status" | "started_at" | "progress";
export type BatchStatus = "Planned" | "In Progress" | "QC Review" | "Completed" | "On Hold" | "Delayed" | "Blocked";
export type BatchView = {
  id: string;
  number: string;
  product: string;
  quantity: string;
  unit: string;
  status: BatchStatus;
  recordStatus: RecordStatus;
  releaseStatus: ReleaseStatus;
  holdReason: string | null;
  completedPhases: number;
  phases: PhaseView[];
  nextPhaseId: string | null;
  blockedCode: string | null;
};
export type CheckNumber = { batchId: string; phaseId: string; text: string; decimalSeparator: string };
export type ColumnKind = "text" | "code" | "number" | "date" | "time" | "status";
export type CommandError = { code: string; detail: string | null; values: NamedValue[] };
export type Connection = { type: "online" } | { type: "offline"; since: string; code: string } | { type: "connecting" };
export type DataSource = "embedded" | "database" | "server";
export type Density = "comfortable" | "compact";
export type DeviationCause =
  | "out_of_limits"
  | "timer_out_of_bounds"
  | "duplicate"
  | "after_hold"
  | "authority_missing"
  | "out_of_order"
  | "recorded_by_person";
export type EntryInput =
  | { type: "confirm" }
  | { type: "number"; text: string; decimalSeparator: string; lot: string | null }
  | { type: "start_timer" }
  | { type: "stop_timer" }
  | { type: "request_sample"; container: string };
export type EntryKind = "confirmed" | "number" | "timer_started" | "timer_stopped" | "sample_requested";
export type EntryReceipt = {
  operationId: string;
  state: ReceiptState;
  unsent: number;
  verdictCode: string | null;
  deviation: DeviationCause | null;
  signature: SignatureView | null;
  batch: BatchView;
};
export type EntryView = {
  operationId: string;
  kind: EntryKind;
  value: string | null;
  unit: string | null;
  lot: string | null;
  container: string | null;
  elapsedSeconds: number | null;
  personName: string;
  recordedAt: string;
  reason: string | null;
  deviation: DeviationCause | null;
  signature: SignatureView | null;
  isUnsent: boolean;
  verdictCode: string | null;
  isEffective: boolean;
};
export type LimitCheck = "within" | "below" | "above";
export type ListColumn = { key: string; kind: ColumnKind };
export type ListName = "gate_entries" | "goods_receipts" | "quality_samples" | "quality_tests" | "materials";
export type MenuItem = { section: string; label: string; screen: Screen };
export type NamedValue = { name: string; value: string };
export type NumberCheck = {
  value: string | null;
  check: LimitCheck | null;
  problem: string | null;
  position: number | null;
};
export type NumberView = {
  unit: string;
  places: number;
  low: string | null;
  target: string | null;
  high: string | null;
};
export type PhaseStatus = "Pending" | "In Progress" | "Completed" | "Requires Approval" | "Rejected";
export type PhaseTask =
  | { type: "confirmation" }
  | { type: "value"; number: NumberView }
  | { type: "in_process_check"; number: NumberView }
  | { type: "material_charge"; material: string; materialCode: string; number: NumberView }
  | { type: "timer"; minimumSeconds: number; maximumSeconds: number | null; startedAt: string | null }
  | { type: "sample_request"; sample: string; tests: string[] };
export type PhaseView = {
  id: string;
  number: number;
  unitProcedure: string;
  operation: string;
  title: string;
  instruction: string;
  status: PhaseStatus;
  version: string;
  task: PhaseTask;
  signature: SignatureMeaning | null;
  waitsFor: Waiting | null;
  entries: EntryView[];
};
export type PlantOption = { id: string; name: string; timeZone: string };
export type StationRegistration = { stationName: string; plantId: string };
export type PlantSetUp = {
  plantName: string;
  region: string;
  timeZone: string;
  administratorName: string;
  administratorEmail: string;
  administratorPassword: string;
  backupFolder: string;
};
export type Preferences = { language: string; theme: Theme; density: Density };
export type QueryKey = "status" | "person" | "batches" | "batch" | "unsent" | "lists" | "settings";
export type ReceiptState = "saved" | "accepted" | "accepted_with_deviation" | "not_applied";
export type RecordEntry = {
  batchId: string;
  phaseId: string;
  version: string;
  entry: EntryInput;
  reason: string | null;
  signature: SignatureInput | null;
  shownText: string;
  language: string;
};
export type RecordStatus = "Complete" | "Incomplete";
export type ReleaseStatus = "Pending" | "Hold" | "Released" | "Rejected";
export type SaveSettings = { source: DataSource; databaseUrl: string | null; serverUrl: string | null };
export type Screen =
  | "my_batches"
  | "batch_execution"
  | "gate_entries"
  | "goods_receipts"
  | "quality_samples"
  | "quality_tests"
  | "materials";
export type SignatureInput = { email: string | null; password: string };
export type SignatureMeaning = "performed" | "verified" | "reviewed" | "approved" | "released" | "rejected";
export type SignatureMethod = "server_attested" | "person_key";
export type SignatureView = {
  personName: string;
  meaning: SignatureMeaning;
  method: SignatureMethod;
  signedAt: string;
  timeZone: string;
};
export type SignedInPerson = {
  id: string;
  name: string;
  email: string;
  role: string;
  department: string;
  menu: MenuItem[];
  canExecute: boolean;
  canRegisterStation: boolean;
  isOffline: boolean;
};
export type Stage =
  | { type: "first_start" }
  | { type: "starting"; step: string }
  | { type: "ready" }
  | { type: "problem"; error: CommandError }
  | { type: "not_registered" };
export type StationSettings = {
  source: DataSource;
  databaseUrl: string | null;
  serverUrl: string | null;
  backupFolder: string | null;
  dataFolder: string;
  settingsFile: string;
  language: string;
  theme: Theme;
  density: Density;
  isFromEnvironment: boolean;
  version: string;
};
export type StationStatus = {
  stage: Stage;
  stationName: string | null;
  plantId: string | null;
  plantName: string | null;
  timeZone: string;
  connection: Connection;
  unsent: number;
  oldestUnsentAt: string | null;
  lastSyncedAt: string | null;
  serverTime: string | null;
  isDemo: boolean;
  source: DataSource;
};
export type StatusCount = { status: BatchStatus; count: number };
export type TextList = { columns: ListColumn[]; rows: TextRow[]; hasMore: boolean };
export type TextRow = { id: string; cells: (string | null)[] };
export type Theme = "system" | "light" | "dark";
export type UnsentEntry = {
  operationId: string;
  batchNumber: string;
  phaseNumber: number;
  phaseTitle: string;
  personName: string;
  recordedAt: string;
  attempts: number;
  lastProblem: string | null;
};
export type Waiting = { code: string; values: NamedValue[] };
