import type {
  AuditReviewInput,
  AuditTrailPage,
  BackupList,
  BatchListQuery,
  BatchView,
  CheckNumber,
  CommandError,
  DeviceTrial,
  DeviceValue,
  EntryInput,
  EntryReceipt,
  EntryView,
  Found,
  NumberCheck,
  QueryKey,
  RecordEntry,
  StationDevice,
  StationDevices,
  TextList,
  UnsentEntry,
} from "../bridge/bindings";
import { FakeAdministration } from "./fake-administration";
import { FakeApiKeys } from "./fake-api-keys";
import { FakeBatches } from "./fake-batches";
import { FakeConflicts } from "./fake-conflicts";
import {
  account,
  auditTrail,
  backupList,
  batchItems,
  materials,
  metforminBatch,
  operator,
  readyStatus,
  stationSettings,
} from "./fake-data";
import { FakeDeviations } from "./fake-deviations";
import { FakeMasterRecords } from "./fake-master-records";
import { FakeRegisters } from "./fake-registers";
import { FakeReleases } from "./fake-releases";
import { FakeReviews } from "./fake-reviews";

export type FakeState = {
  status: typeof readyStatus;
  person: typeof operator | null;
  account: typeof account;
  settings: typeof stationSettings;
  items: ReturnType<typeof batchItems>;
  isListLoading: boolean;
  batch: BatchView;
  unsent: UnsentEntry[];
  lists: TextList;
  auditTrail: AuditTrailPage;
  backups: BackupList;
  /** A command listed here fails with the error, or hangs when it is `null`. */
  failures: Record<string, CommandError | null>;
  isIdentified: boolean;
  offersSingleSignOn: boolean;
  devices: StationDevices;
  /** What the next reading of a device tells. */
  reading: DeviceValue;
  /** A typed number that is not plausible. */
  implausible: number | null;
};

export const failure = (code: string, values: Record<string, string> = {}): CommandError => ({
  code,
  detail: null,
  values: Object.entries(values).map(([name, value]) => ({ name, value })),
});

/** What the balance tells. */
export const weight: DeviceValue = {
  id: "0198f0f0-0000-7000-8000-000000000001",
  device: "BAL-02",
  serialNumber: "B021002593",
  told: "10004.6 g",
  readAt: "2026-11-24T09:00:00Z",
  check: { value: "10.00", check: "within", problem: null, position: 500, needsSecondLook: false },
};

export function fakeState(change: Partial<FakeState> = {}): FakeState {
  return {
    status: structuredClone(readyStatus),
    person: operator,
    account: structuredClone(account),
    settings: structuredClone(stationSettings),
    items: batchItems(40),
    isListLoading: false,
    batch: metforminBatch(),
    unsent: [],
    lists: materials,
    auditTrail: structuredClone(auditTrail),
    backups: structuredClone(backupList),
    failures: {},
    isIdentified: true,
    offersSingleSignOn: false,
    devices: { devices: [], canChange: false },
    reading: weight,
    implausible: null,
    ...change,
  };
}

type Arguments = Record<string, unknown>;

/** Answers as the station would, roughly; what it must refuse, a test says through `failures`. */
export class FakeStation {
  readonly calls: { command: string; args: Arguments }[] = [];
  readonly administration = new FakeAdministration();
  readonly apiKeys = new FakeApiKeys();
  readonly releases = new FakeReleases();
  readonly masterRecords = new FakeMasterRecords();
  readonly batches = new FakeBatches();
  readonly registers = new FakeRegisters();
  readonly deviations = new FakeDeviations();
  readonly reviews = new FakeReviews();
  readonly conflicts = new FakeConflicts();
  emit: (queries: QueryKey[]) => void = () => undefined;

  constructor(readonly state: FakeState) {}

  async answer(command: string, args: Arguments): Promise<unknown> {
    this.calls.push({ command, args });
    const refused = this.state.failures[command];
    if (refused === null) return new Promise(() => undefined);
    if (refused !== undefined) throw refused;
    const { state } = this;
    switch (command) {
      case "station_status":
        return structuredClone(state.status);
      case "postpone_update":
        if (state.status.update) state.status.update.stage = { type: "waiting", because: "postponed" };
        return null;
      case "current_person":
        return state.person;
      case "sign_in":
        if (args.password !== "demo123") throw failure("wrong_password");
        state.person = operator;
        return operator;
      case "offers_single_sign_on":
        return state.offersSingleSignOn;
      case "sign_in_at_provider":
        state.person = operator;
        return operator;
      case "cancel_single_sign_on":
        return null;
      case "sign_out":
        state.person = null;
        return null;
      case "account":
        return structuredClone(state.account);
      case "change_password":
        if (state.person) state.person = { ...state.person, mustChangePassword: false };
        return null;
      case "begin_second_factor":
        return { secret: "JBSW Y3DP EHPK 3PXP", picture: { size: 21, path: "M0 0h1v1h-1z" } };
      case "confirm_second_factor":
        state.account.hasSecondFactor = true;
        state.account.recoveryCodesLeft = 10;
        return ["abcde-fghij", "kmnpq-rstuv"];
      case "remove_second_factor":
        state.account.hasSecondFactor = false;
        return null;
      case "sign_in_with_code":
        if (args.code !== "123456") throw failure("second_factor_wrong");
        state.person = operator;
        return operator;
      case "revoke_session":
        state.account.sessions = state.account.sessions.filter((session) => session.id !== args.sessionId);
        return null;
      case "settings":
        return structuredClone(state.settings);
      case "save_settings":
        Object.assign(state.settings, args.settings);
        return structuredClone(state.settings);
      case "save_preferences":
        Object.assign(state.settings, args.preferences);
        return null;
      case "time_zones":
        return ["America/New_York", "Asia/Kolkata", "Europe/Dublin", "UTC"];
      case "registration_plants":
        return [{ id: "plant-a", name: "Hyderabad Plant", timeZone: "Asia/Kolkata" }];
      case "list_batches":
        return this.listBatches(args.query as BatchListQuery);
      case "find":
        return this.find(String(args.text).toLowerCase());
      case "open_batch":
        return structuredClone(state.batch);
      case "check_number":
        return this.checkNumber(args.input as CheckNumber);
      case "record_entry":
        return this.record(args.entry as RecordEntry);
      case "list_devices":
        return structuredClone(state.devices);
      case "save_devices":
        state.devices.devices = args.devices as StationDevice[];
        return structuredClone(state.devices);
      case "try_device":
        return { serialNumber: "B021002593", told: "0.00 kg" } satisfies DeviceTrial;
      case "read_device":
        return structuredClone(state.reading);
      case "makeable_products":
      case "propose_batch":
      case "make_batch":
      case "take_batch_step":
      case "batch_history":
      case "write_batch_record":
      case "save_attachment":
        return this.batches.answer(command, args, state.batch);
      case "export_unsent":
        return { path: "/media/operator/VIRUJ/viruj-unsent-Granulation-2.age", entries: state.unsent.length };
      case "list_unsent":
        return state.unsent;
      case "read_audit_trail":
        return structuredClone(state.auditTrail);
      case "export_audit_trail":
        return `/home/viruj/Downloads/audit-trail.${args.isCsv === true ? "csv" : "jsonl"}`;
      case "review_audit_trail":
        return this.review(args.review as AuditReviewInput);
      case "list_backups":
        return structuredClone(state.backups);
      case "take_backup":
        return structuredClone(state.backups.items[0]);
      case "read_list":
        return state.lists;
      case "list_releases":
        return this.releases.answer(command, args);
      case "change_rollout":
        queueMicrotask(() => this.emit(["releases"]));
        return this.releases.answer(command, args);
      case "list_api_keys":
      case "api_key_choices":
      case "create_api_key":
      case "revoke_api_key":
        return this.keepKeys(command, args);
      case "check_resource":
      case "list_lots":
      case "lot":
      case "create_lot":
      case "change_lot":
      case "decide_on_lot":
      case "list_equipment":
      case "equipment":
      case "create_equipment":
      case "change_equipment":
      case "act_on_equipment":
      case "list_qualifications":
      case "qualification":
      case "qualification_candidates":
      case "grant_qualification":
      case "change_qualification":
        return this.keepRegisters(command, args);
      case "list_master_records":
      case "master_record":
      case "create_master_record":
      case "edit_master_record":
      case "check_procedure":
      case "take_master_record_step":
      case "compare_master_records":
      case "import_master_record":
      case "export_master_record":
        return this.keepMasters(command, args);
      case "list_conflicts":
      case "decide_conflict":
        return this.conflicts.answer(command, args);
      case "list_reviews":
      case "batch_review":
      case "accept_review_exception":
      case "ask_about_batch":
      case "answer_review_query":
      case "sign_review_step":
      case "write_release_documents":
        return this.reviews.answer(command, args);
      case "list_deviations":
      case "deviation":
      case "report_deviation":
      case "edit_deviation":
      case "take_deviation_step":
      case "list_capas":
      case "capa":
      case "open_capa":
      case "take_capa_step":
        return this.keepDeviations(command, args);
      default:
        return this.administer(command, args);
    }
  }

  private keepDeviations(command: string, args: Arguments): unknown {
    const answer = this.deviations.answer(command, args);
    if (/^(report|edit|take|open)_/.test(command)) queueMicrotask(() => this.emit(["deviations"]));
    return answer;
  }

  /** What was changed is told, as the station tells it. */
  private administer(command: string, args: Arguments): unknown {
    const answer = this.administration.answer(command, args, this.state.person?.id);
    if (/^(create|change|set|unlock|give|end)_/.test(command)) queueMicrotask(() => this.emit(["users", "plants"]));
    return answer;
  }

  private keepRegisters(command: string, args: Arguments): unknown {
    const answer = structuredClone(this.registers.answer(command, args));
    if (/^(create|change|decide|act|grant)_/.test(command)) {
      queueMicrotask(() => this.emit(["lots", "equipment", "qualifications"]));
    }
    return answer;
  }

  private keepKeys(command: string, args: Arguments): unknown {
    const answer = this.apiKeys.answer(command, args);
    if (/^(create|revoke)_/.test(command)) queueMicrotask(() => this.emit(["api_keys"]));
    return answer;
  }

  private keepMasters(command: string, args: Arguments): unknown {
    this.masterRecords.isIdentified = this.state.isIdentified;
    const answer = this.masterRecords.answer(command, args);
    if (/^(create|edit|take|import)_/.test(command)) queueMicrotask(() => this.emit(["master_records"]));
    return answer;
  }

  private review({ signature }: AuditReviewInput) {
    if (!this.state.isIdentified && signature.email === null) throw failure("identification_required");
    if (signature.password !== "demo123") throw failure("wrong_password");
    return {
      entryCount: "1",
      ownEntryCount: "1",
      personName: this.state.person?.name ?? "",
      reviewedAt: "2026-11-24T09:05:00Z",
    };
  }

  private find(text: string): Found {
    const begins = (words: string) =>
      words
        .toLowerCase()
        .split(" ")
        .some((word) => word.startsWith(text));
    return {
      batches: this.state.items
        .filter(({ number, product }) => begins(`${number} ${product}`))
        .slice(0, 6)
        .map(({ id, number, product, status }) => ({ id, number, product, status })),
      lots: this.registers.lots
        .filter(({ row }) => begins(`${row.number} ${row.material}`))
        .map(({ row: { id, number, material, material_code: materialCode, status } }) => ({
          id,
          number,
          material,
          materialCode,
          status,
        })),
    };
  }

  private listBatches(query: BatchListQuery) {
    const search = query.search.toLowerCase();
    const found = this.state.items.filter(
      (item) => `${item.number} ${item.product}`.toLowerCase().includes(search) && (!query.onlyMine || item.isMine),
    );
    const statuses = [...new Set(found.map((item) => item.status))];
    return {
      items: found.filter((item) => query.statuses.length === 0 || query.statuses.includes(item.status)),
      counts: statuses.map((status) => ({ status, count: found.filter((item) => item.status === status).length })),
      asOf: this.state.status.lastSyncedAt,
      isLoading: this.state.isListLoading,
    };
  }

  private phase(phaseId: string) {
    const phase = this.state.batch.phases.find((candidate) => candidate.id === phaseId);
    if (phase === undefined) throw failure("phase_unknown");
    return phase;
  }

  private checkNumber(input: CheckNumber): NumberCheck {
    const { task } = this.phase(input.phaseId);
    if (!("number" in task)) throw failure("wrong_entry_kind");
    const text = input.text.replace(",", ".");
    const refused = (problem: string) => ({
      value: null,
      check: null,
      problem,
      position: null,
      needsSecondLook: false,
    });
    if (!/^\d+(\.\d+)?$/.test(text)) return refused("not_a_number");
    if ((text.split(".")[1] ?? "").length > task.number.places) return refused("too_many_places");
    const value = Number(text);
    const low = task.number.low === null ? null : Number(task.number.low);
    const high = task.number.high === null ? null : Number(task.number.high);
    const check = low !== null && value < low ? "below" : high !== null && value > high ? "above" : "within";
    const position = low !== null && high !== null ? Math.round(((value - low) / (high - low)) * 1000) : null;
    return {
      value: text,
      check,
      problem: null,
      position: position === null ? null : Math.max(0, Math.min(1000, position)),
      needsSecondLook: task.number.device !== null || value === this.state.implausible,
    };
  }

  private record(input: RecordEntry): EntryReceipt {
    const phase = this.phase(input.phaseId);
    const isOffline = this.state.status.connection.type === "offline";
    const number = input.entry.type === "number" ? this.checkNumber({ ...input, ...input.entry }) : undefined;
    const device = "number" in phase.task ? phase.task.number.device : null;
    if (device !== null && input.entry.type === "number" && input.reason === null) throw failure("reason_required");
    const reading =
      input.entry.type === "take_reading" ? { device: "BAL-02", serialNumber: "B021002593", told: "10004.6 g" } : null;
    const isOutside = number?.check === "below" || number?.check === "above";
    if (isOutside && input.reason === null) throw failure("reason_required");
    if (phase.signature !== null && input.signature === null) throw failure("signature_required");
    if (input.signature !== null && input.signature.password !== "demo123") throw failure("wrong_password");
    if (input.signature !== null && !this.state.isIdentified && input.signature.email === null) {
      throw failure("identification_required");
    }
    const now = new Date().toISOString();
    const kinds = {
      confirm: "confirmed",
      number: "number",
      start_timer: "timer_started",
      stop_timer: "timer_stopped",
      request_sample: "sample_requested",
      write_text: "text",
      choose: "chosen",
      enter_date: "date",
      use_equipment: "equipment_used",
      find_clean: "found_clean",
      calculate: "number",
      check: "checked",
      take_reading: "number",
      attach: "attached",
    } as const;
    const entry: EntryView = {
      operationId: crypto.randomUUID(),
      kind: kinds[input.entry.type],
      value: reading === null ? (number?.value ?? null) : "10.00",
      unit: "number" in phase.task && (number || reading) ? phase.task.number.unit : null,
      lot: input.entry.type === "number" || input.entry.type === "take_reading" ? input.entry.lot : null,
      container: input.entry.type === "request_sample" ? input.entry.container : null,
      text: writtenIn(input.entry),
      elapsedSeconds: input.entry.type === "stop_timer" ? 612 : null,
      personName: this.state.person?.name ?? "",
      recordedAt: now,
      reason: input.reason,
      deviation: isOutside ? "out_of_limits" : null,
      signature:
        input.signature === null || phase.signature === null
          ? null
          : {
              personName: this.state.person?.name ?? "",
              meaning: phase.signature,
              method: "server_attested",
              signedAt: now,
              timeZone: "Asia/Kolkata",
            },
      isUnsent: isOffline,
      verdictCode: null,
      isEffective: true,
      isCorrection: input.corrects !== null,
      isCorrected: false,
      canBeCorrected: false,
      file:
        input.entry.type === "attach"
          ? { mediaType: "image/png", sizeBytes: atob(input.entry.content).length, sha256: "5f".repeat(32) }
          : null,
      source: reading,
      isManual: device !== null && input.entry.type === "number",
    };
    const corrected = phase.entries.find(({ operationId }) => operationId === input.corrects);
    if (corrected !== undefined) Object.assign(corrected, { isCorrected: true, canBeCorrected: false });
    phase.entries.push(entry);
    if (input.entry.type === "start_timer" && phase.task.type === "timer") {
      phase.task.startedAt = now;
      phase.status = "In Progress";
    } else {
      this.complete(phase.id);
    }
    if (isOffline) this.keepUnsent(entry, phase.number, phase.title);
    return {
      operationId: entry.operationId,
      state: isOffline ? "saved" : isOutside ? "accepted_with_deviation" : "accepted",
      unsent: this.state.status.unsent,
      verdictCode: null,
      deviation: entry.deviation,
      signature: entry.signature,
      batch: structuredClone(this.state.batch),
    };
  }

  private complete(phaseId: string) {
    const { batch } = this.state;
    const index = batch.phases.findIndex((phase) => phase.id === phaseId);
    const phase = batch.phases[index];
    const next = batch.phases[index + 1];
    if (phase) phase.status = "Completed";
    if (next) next.waitsFor = null;
    batch.completedPhases = index + 1;
    batch.nextPhaseId = next?.id ?? null;
    if (next === undefined) {
      batch.status = "Completed";
      batch.recordStatus = "Complete";
    }
  }

  private keepUnsent(entry: EntryView, phaseNumber: number, phaseTitle: string) {
    const { batch, status, unsent } = this.state;
    status.unsent += 1;
    unsent.push({
      operationId: entry.operationId,
      event: null,
      batchNumber: batch.number,
      phaseNumber,
      phaseTitle,
      personName: entry.personName,
      recordedAt: entry.recordedAt,
      attempts: 2,
      lastProblem: "server_unreachable",
    });
  }
}

function writtenIn(entry: EntryInput): string | null {
  switch (entry.type) {
    case "write_text":
      return entry.text;
    case "choose":
      return entry.option;
    case "enter_date":
      return entry.date;
    case "attach":
      return entry.fileName;
    case "use_equipment":
    case "find_clean":
      return entry.equipment;
    default:
      return null;
  }
}
