import type {
  Capa,
  CapaListQuery,
  CapaStepName,
  CapaView,
  DeviationEdit,
  DeviationListQuery,
  DeviationRecord,
  DeviationReport,
  DeviationStatus,
  DeviationStepName,
  DeviationSummary,
  DeviationView,
  NewCapa,
  RecordSignature,
  SignatureMeaning,
  TakeCapaStep,
  TakeDeviationStep,
} from "../bridge/bindings";
import { failure } from "./fake-station";

const people = [
  { id: "qa-op-1", name: "Emily Brown" },
  { id: "prod-man-1", name: "Sarah Johnson" },
];

function summary(number: number, change: Partial<DeviationSummary> = {}): DeviationSummary {
  return {
    id: `0193fe10-0000-7000-8000-0000000000${10 + number}`,
    plant_id: "plant-a",
    code: `DEV-26-00${number}`,
    cause: "out_of_limits",
    severity: "High",
    status: "Open",
    description: "David Chen recorded 141 rpm in phase 2 (Impeller speed), outside the limits 90 to 130 rpm.",
    batch_id: "batch-1",
    batch_number: "MET-26-0142",
    phase_id: "0193fe10-0000-7000-8000-000000000002",
    phase_number: 2,
    phase_title: "Impeller speed",
    disposition: null,
    capas: 0,
    opened_by_name: "David Chen",
    opened_at: "2026-11-24T08:40:00Z",
    version: 1,
    ...change,
  };
}

function record(row: DeviationSummary, change: Partial<DeviationRecord> = {}): DeviationRecord {
  return {
    row,
    content: {
      code: row.code,
      cause: row.cause,
      severity: row.severity,
      description: row.description,
      batch_id: row.batch_id,
      phase_id: row.phase_id,
      operation_id: "0193fe10-0000-7000-9000-000000000002",
      opened_by: "prod-op-1",
      opened_at: row.opened_at,
      immediate_action: null,
      investigation: null,
      root_cause: null,
      impact_assessment: null,
      affected_batches: [],
      disposition: null,
      disposition_reason: null,
      no_capa_reason: null,
      capas: [],
    },
    content_hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    investigators: [],
    reviewed_by: null,
    closed_by: null,
    closed_at: null,
    affected_batches: [],
    missing: ["root_cause_missing", "disposition_missing"],
    holds: [3, 4],
    capas: [],
    signatures: [],
    ...change,
  };
}

const leadsTo: Partial<Record<DeviationStepName, DeviationStatus>> = {
  begin_investigation: "Investigation",
  submit: "Pending Manager Review",
  review: "Pending Final Approval",
  send_back: "Investigation",
  approve: "Closed",
  reject: "Rejected",
};

const begins: Record<DeviationStatus, DeviationStepName[]> = {
  Open: ["begin_investigation", "change_severity"],
  Investigation: ["edit", "change_severity", "open_capa", "submit", "reject"],
  "Pending Manager Review": ["review", "send_back"],
  "Pending Final Approval": ["approve", "send_back", "reject"],
  Closed: [],
  Rejected: [],
};

const meanings: Partial<Record<DeviationStepName | CapaStepName, SignatureMeaning>> = {
  review: "reviewed",
  approve: "approved",
  reject: "rejected",
  close: "approved",
};

const signed = (meaning: SignatureMeaning, reason: string): RecordSignature => ({
  id: crypto.randomUUID(),
  person_id: "qa-head-1",
  person_name: "Raj Patel",
  meaning,
  signed_at: "2026-11-24T09:00:00Z",
  time_zone: "Asia/Kolkata",
  reason,
  is_of_this_content: true,
});

/** Deviations and actions as the station would show them, roughly. */
export class FakeDeviations {
  records: DeviationRecord[] = [
    record(summary(1)),
    record(summary(2, { severity: "Medium", status: "Closed", cause: "recorded_by_person", phase_number: null }), {
      holds: [],
      missing: [],
    }),
  ];
  capas: Capa[] = [];
  mayReport = true;
  refusals: Partial<Record<DeviationStepName, string>> = {};

  answer(command: string, args: Record<string, unknown>): unknown {
    switch (command) {
      case "list_deviations":
        return this.list(args.query as DeviationListQuery);
      case "deviation":
        return this.view(args.id as string);
      case "report_deviation":
        return this.report(args.report as DeviationReport);
      case "edit_deviation":
        return this.edit(args.edit as DeviationEdit);
      case "take_deviation_step":
        return this.take(args.step as TakeDeviationStep);
      case "list_capas":
        return this.listCapas(args.query as CapaListQuery);
      case "capa":
        return this.capaView(args.id as string);
      case "open_capa":
        return this.open(args.capa as NewCapa);
      default:
        return this.takeCapa(args.step as TakeCapaStep);
    }
  }

  private find(id: string): DeviationRecord {
    const found = this.records.find((one) => one.row.id === id);
    if (found === undefined) throw failure("not_found");
    return found;
  }

  private list({ status, severity, onlyOpen, search }: DeviationListQuery) {
    const words = (search ?? "").toLowerCase();
    const items = this.records
      .map((one) => one.row)
      .filter(
        (row) =>
          (status === null || row.status === status) &&
          (severity === null || row.severity === severity) &&
          (!onlyOpen || begins[row.status].length > 0) &&
          `${row.code} ${row.description}`.toLowerCase().includes(words),
      );
    return structuredClone({ items, nextCursor: null, mayReport: this.mayReport });
  }

  view(id: string): DeviationView {
    const found = this.find(id);
    const steps = begins[found.row.status].map((step) => ({
      step,
      meaning: meanings[step] ?? null,
      refusal: this.refusals[step] ?? (step === "submit" ? (found.missing[0] ?? null) : null),
    }));
    const entry = {
      operationId: "0193fe10-0000-7000-9000-000000000002",
      kind: "number" as const,
      value: "141",
      unit: "rpm",
      lot: null,
      container: null,
      text: null,
      elapsedSeconds: null,
      personName: "David Chen",
      recordedAt: "2026-11-24T08:40:00Z",
      reason: "Display was stuck",
      deviation: "out_of_limits" as const,
      signature: null,
      isUnsent: false,
      verdictCode: "out_of_limits",
      isEffective: true,
      isCorrection: false,
      isCorrected: false,
      canBeCorrected: false,
      file: null,
      source: null,
      isManual: false,
    };
    const evidence = {
      phaseNumber: 2,
      phaseTitle: "Impeller speed",
      instruction: "Set the impeller to 110 rpm.",
      limits: { unit: "rpm", places: 0, low: "90", target: "110", high: "130", device: null },
      entries: [entry],
    };
    return structuredClone({
      record: found,
      evidence: found.row.phase_number === null ? null : evidence,
      timeZone: "Asia/Kolkata",
      steps,
      mayReadCapas: true,
      people,
    });
  }

  private report({ description, severity }: DeviationReport): DeviationView {
    const row = summary(3 + this.records.length, { description, severity, cause: "recorded_by_person" });
    this.records.unshift(record(row, { holds: [] }));
    return this.view(row.id);
  }

  private edit({ id, version, rootCause, disposition, dispositionReason, noCapaReason }: DeviationEdit) {
    const found = this.find(id);
    if (found.row.version !== version) throw failure("changed_meanwhile");
    found.row = { ...found.row, version: version + 1, disposition };
    found.content = {
      ...found.content,
      root_cause: rootCause,
      disposition,
      disposition_reason: dispositionReason,
      no_capa_reason: noCapaReason,
    };
    found.missing = rootCause === null || disposition === null ? ["root_cause_missing"] : [];
    return this.view(id);
  }

  private take({ id, step, severity, signature, reason }: TakeDeviationStep): DeviationView {
    const found = this.find(id);
    if (signature !== null && signature.password !== "demo123") throw failure("wrong_password");
    const status = leadsTo[step] ?? found.row.status;
    found.row = { ...found.row, status, severity: severity ?? found.row.severity, version: found.row.version + 1 };
    const meaning = meanings[step];
    if (meaning !== undefined) found.signatures.push(signed(meaning, reason));
    if (begins[status].length === 0) found.holds = [];
    return this.view(id);
  }

  private listCapas({ status, onlyMine }: CapaListQuery) {
    const items = this.capas
      .map(({ row }) => row)
      .filter((row) => (status === null || row.status === status) && (!onlyMine || row.owner_id === "qa-op-1"));
    return structuredClone({ items, nextCursor: null });
  }

  private findCapa(id: string): Capa {
    const found = this.capas.find((one) => one.row.id === id);
    if (found === undefined) throw failure("not_found");
    return found;
  }

  private capaView(id: string): CapaView {
    const capa = this.findCapa(id);
    const all: Record<Capa["row"]["status"], CapaStepName[]> = {
      Open: ["begin_investigation"],
      Investigation: ["plan"],
      "Action Plan": ["plan", "report_done"],
      "Effectiveness Check": capa.row.effectiveness === "effective" ? ["close"] : ["judge"],
      Closed: [],
    };
    const steps = all[capa.row.status].map((step) => ({ step, meaning: meanings[step] ?? null, refusal: null }));
    return structuredClone({ capa, timeZone: "Asia/Kolkata", steps, people });
  }

  private open({ deviationId, title, problem, ownerId, dueOn }: NewCapa): CapaView {
    const deviation = this.find(deviationId);
    const owner = people.find(({ id }) => id === ownerId)?.name ?? ownerId;
    const code = `CAPA-26-00${this.capas.length + 1}`;
    const made: Capa = {
      row: {
        id: `0193fe10-0000-7000-8000-0000000000${60 + this.capas.length}`,
        plant_id: "plant-a",
        code,
        deviation_id: deviationId,
        deviation_code: deviation.row.code,
        title,
        status: "Open",
        owner_id: ownerId,
        owner_name: owner,
        due_on: dueOn,
        effectiveness: null,
        opened_at: "2026-11-24T09:00:00Z",
        version: 1,
      },
      content: {
        code,
        deviation_code: deviation.row.code,
        title,
        problem,
        owner_id: ownerId,
        due_on: dueOn,
        action: null,
        done_note: null,
        effectiveness: null,
        effectiveness_note: null,
      },
      content_hash: "00",
      opened_by: { id: "qa-op-1", name: "Emily Brown" },
      done_by: null,
      done_at: null,
      judged_by: null,
      judged_at: null,
      rounds: 0,
      signatures: [],
    };
    this.capas.push(made);
    deviation.capas.push(made.row);
    deviation.row = { ...deviation.row, capas: deviation.capas.length, version: deviation.row.version + 1 };
    return this.capaView(made.row.id);
  }

  private takeCapa({ id, step, action, effectiveness, signature, reason }: TakeCapaStep): CapaView {
    const found = this.findCapa(id);
    const isBack = step === "judge" && effectiveness === "not_effective";
    const status = {
      begin_investigation: "Investigation",
      plan: "Action Plan",
      report_done: "Effectiveness Check",
      judge: isBack ? "Action Plan" : "Effectiveness Check",
      close: "Closed",
    } as const;
    const verdict = step === "report_done" ? null : (effectiveness ?? found.row.effectiveness);
    found.row = { ...found.row, status: status[step], version: found.row.version + 1, effectiveness: verdict };
    found.content = { ...found.content, action: action ?? found.content.action, effectiveness: verdict };
    found.rounds += isBack ? 1 : 0;
    if (signature !== null) found.signatures.push(signed("approved", reason));
    return this.capaView(id);
  }
}
