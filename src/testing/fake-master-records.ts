import type {
  CompareMasterRecords,
  DifferenceList,
  Fault,
  MasterRecord,
  MasterRecordEdit,
  MasterRecordImport,
  MasterRecordImportOutcome,
  MasterRecordList,
  MasterRecordListQuery,
  MasterRecordRow,
  MasterRecordStepName,
  MasterRecordStepView,
  MasterRecordView,
  NewMasterRecord,
  PhaseDefinition,
  PhaseKind,
  Procedure,
  TakeMasterRecordStep,
} from "../bridge/bindings";
import { failure } from "./fake-station";

const phase = (key: string, title: string, instruction: string, kind: PhaseKind): PhaseDefinition => ({
  key,
  title,
  instruction,
  kind,
});

export const metforminProcedure: Procedure = {
  product: "Metformin HCl 500 mg",
  product_code: "MET500",
  batch_size: "200.00",
  batch_unit: "kg",
  recipe: [
    {
      key: "api",
      material: "Metformin hydrochloride",
      material_code: "RM-100",
      quantity: "170.00",
      unit: "kg",
      tolerance_percent: "0.5",
      is_by_potency: true,
    },
    {
      key: "binder",
      material: "Povidone K30",
      material_code: "RM-214",
      quantity: "8.00",
      unit: "kg",
      tolerance_percent: "1",
      is_by_potency: false,
    },
  ],
  expected_yield: { phase: "YLD-010", low_percent: "97.0", high_percent: "102.0" },
  unit_procedures: [
    {
      name: "Dispensing",
      arrangement: "parallel",
      operations: [
        {
          name: "Room",
          phases: [
            phase(
              "DSP-010",
              "Check the line clearance",
              "Look at room, balance and scoop. Nothing of another product may be left.",
              {
                type: "choice",
                options: [
                  { text: "Clean", is_expected: true },
                  { text: "Not clean", is_expected: false },
                ],
              },
            ),
          ],
        },
        {
          name: "Weighing",
          phases: [
            {
              ...phase("DSP-020", "Charge metformin hydrochloride", "Weigh in the booth and scan the lot.", {
                type: "material_charge",
                material: "Metformin hydrochloride",
                material_code: "RM-100",
                quantity: { unit: "kg", places: 2, low: "169.15", target: "170.00", high: "170.85" },
                line: "api",
              }),
              signature: "performed",
              verification: { by: ["Production Manager"] },
            },
            phase("DSP-030", "Charge povidone", "Weigh in the booth and scan the lot.", {
              type: "material_charge",
              material: "Povidone K30",
              material_code: "RM-214",
              quantity: { unit: "kg", places: 2, low: "7.92", target: "8.00", high: "8.08" },
              line: "binder",
            }),
          ],
        },
      ],
    },
    {
      name: "Granulation",
      operations: [
        {
          name: "Wet mixing",
          phases: [
            {
              ...phase(
                "GRN-010",
                "Record the impeller speed",
                "Set the impeller to 110 rpm and read the display after one minute.",
                {
                  type: "value",
                  unit: "rpm",
                  places: 0,
                  low: "90",
                  target: "110",
                  high: "130",
                },
              ),
              performed_by: ["Production Operator"],
              qualification: "SOP-GRN-7",
            },
            phase("GRN-020", "Mix", "Mix without opening the lid.", {
              type: "timer",
              minimum_seconds: 600,
              maximum_seconds: 720,
            }),
            {
              ...phase("GRN-030", "Check of the charges", "Look at both charges and their lots.", {
                type: "second_person_check",
                of: ["DSP-020", "DSP-030"],
              }),
              signature: "verified",
            },
          ],
        },
        {
          name: "Drying",
          phases: [
            phase("DRY-010", "Loss on drying", "Take 5 g from three places and measure.", {
              type: "in_process_check",
              unit: "%",
              places: 2,
              low: null,
              target: null,
              high: "2.00",
            }),
            {
              ...phase("DRY-020", "Dry again", "Dry for another ten minutes.", { type: "confirmation" }),
              only_if: "{DRY-010} > 1.5[%]",
            },
            phase("YLD-010", "Yield", "The station calculates the yield.", {
              type: "calculation",
              expression: "({DSP-020} + {DSP-030}) / 178[kg]",
              rounding: "half_up",
              result: { unit: "%", places: 1, low: "97.0", target: null, high: "102.0" },
            }),
          ],
        },
      ],
    },
  ],
};

function row(version: number, change: Partial<MasterRecordRow> = {}): MasterRecordRow {
  return {
    id: `0193fe10-0000-7000-8000-00000000000${version}`,
    plant_id: "plant-a",
    product: metforminProcedure.product,
    product_code: metforminProcedure.product_code,
    version,
    status: "Effective",
    effective_from: "2026-06-01T18:30:00Z",
    effective_until: null,
    created_by_name: "John Smith",
    created_at: "2026-05-20T06:00:00Z",
    revision: 4,
    ...change,
  };
}

function record(of: MasterRecordRow, change: Partial<MasterRecord> = {}): MasterRecord {
  return {
    row: of,
    procedure: structuredClone(metforminProcedure),
    content_hash: `${of.version}f`.repeat(32),
    based_on: null,
    authors: [{ id: "prod-head-1", name: "John Smith" }],
    faults: [],
    signatures: [],
    ...change,
  };
}

const signedAs = (meaning: "performed" | "approved", name: string, at: string) => ({
  id: `0193fe20-0000-7000-8000-00000000000${meaning.length}`,
  person_id: name,
  person_name: name,
  meaning,
  signed_at: at,
  time_zone: "Asia/Kolkata",
  reason: "Yearly review",
  is_of_this_content: true,
});

const meanings = { submit: "performed", approve: "approved", withdraw: "rejected" } as const;
const leadsTo = {
  edit: "Draft",
  submit: "In Review",
  return: "Draft",
  approve: "Approved",
  make_effective: "Effective",
  withdraw: "Withdrawn",
} as const;
const begins: Record<string, MasterRecordStepName[]> = {
  Draft: ["edit", "submit", "withdraw"],
  "In Review": ["approve", "return", "withdraw"],
  Approved: ["make_effective", "withdraw"],
  Effective: ["withdraw"],
};

/** Master batch records as the server would answer, roughly: it finds missing titles and crossed limits, nothing else. */
export class FakeMasterRecords {
  mayAuthor = true;
  /** Why a step cannot be taken. */
  refusals: Partial<Record<MasterRecordStepName, string>> = {};
  importFaults: Fault[] = [];
  isIdentified = true;
  records: MasterRecord[] = [
    record(row(2, { status: "Draft", effective_from: null, created_at: "2026-11-20T06:00:00Z", revision: 1 }), {
      based_on: row(1).id,
    }),
    record(row(1), {
      signatures: [
        signedAs("performed", "John Smith", "2026-05-21T08:00:00Z"),
        signedAs("approved", "Raj Patel", "2026-05-22T09:30:00Z"),
      ],
    }),
  ];

  answer(command: string, args: Record<string, unknown>): unknown {
    switch (command) {
      case "list_master_records":
        return this.list(args.query as MasterRecordListQuery);
      case "master_record":
        return this.view(args.id as string);
      case "create_master_record":
        return this.create(args.record as NewMasterRecord);
      case "edit_master_record":
        return this.edit(args.edit as MasterRecordEdit);
      case "check_procedure":
        return faultsOf(args.procedure as Procedure);
      case "take_master_record_step":
        return this.take(args.step as TakeMasterRecordStep);
      case "compare_master_records":
        return this.compare(args.compare as CompareMasterRecords);
      case "import_master_record":
        return this.import(args.file as MasterRecordImport);
      default:
        return { path: "/home/viruj/Downloads/MET500-v2.json" };
    }
  }

  /** Somebody else saves the draft. */
  saveElsewhere(id: string, product: string) {
    const found = this.find(id);
    found.row = { ...found.row, revision: found.row.revision + 1, product };
    found.procedure = { ...found.procedure, product };
  }

  private find(id: string): MasterRecord {
    const found = this.records.find((one) => one.row.id === id);
    if (found === undefined) throw failure("not_found");
    return found;
  }

  private list({ status, search }: MasterRecordListQuery): MasterRecordList {
    const rows = this.records.map((one) => one.row);
    const words = (search ?? "").toLowerCase();
    const items = rows.filter(
      (one) =>
        (status === null || one.status === status) &&
        `${one.product} ${one.product_code}`.toLowerCase().includes(words),
    );
    return structuredClone({ items, nextCursor: null, mayAuthor: this.mayAuthor });
  }

  private view(id: string): MasterRecordView {
    const found = this.find(id);
    const steps: MasterRecordStepView[] = (begins[found.row.status] ?? []).map((step) => ({
      step,
      meaning: step in meanings ? meanings[step as keyof typeof meanings] : null,
      refusal:
        this.refusals[step] ?? (step === "submit" && found.faults.length > 0 ? "master_record_has_faults" : null),
    }));
    const others = this.records.map((one) => one.row).filter((other) => other.id !== id);
    return structuredClone({ record: found, timeZone: "Asia/Kolkata", steps, others });
  }

  private create({ procedure, basedOn }: NewMasterRecord): MasterRecordView {
    const version = this.records.filter((one) => one.row.product_code === procedure.product_code).length + 1;
    const made = row(version, {
      id: `0193fe10-0000-7000-8000-00000000001${this.records.length}`,
      product: procedure.product,
      product_code: procedure.product_code,
      status: "Draft",
      effective_from: null,
      revision: 1,
    });
    this.records.unshift(record(made, { procedure, based_on: basedOn, faults: faultsOf(procedure) }));
    return this.view(made.id);
  }

  private edit({ id, revision, procedure }: MasterRecordEdit): MasterRecordView {
    const found = this.find(id);
    if (found.row.revision !== revision) throw failure("changed_meanwhile");
    found.row = { ...found.row, revision: revision + 1, product: procedure.product };
    found.procedure = procedure;
    found.faults = faultsOf(procedure);
    return this.view(id);
  }

  private take({ id, step, effectiveOn, signature, reason }: TakeMasterRecordStep): MasterRecordView {
    const found = this.find(id);
    if (signature !== null && !this.isIdentified && signature.email === null) throw failure("identification_required");
    if (signature !== null && signature.password !== "demo123") throw failure("wrong_password");
    const effective = effectiveOn === null ? "2026-11-24T09:00:00Z" : `${effectiveOn}T00:00:00+05:30`;
    found.row = {
      ...found.row,
      status: leadsTo[step],
      revision: found.row.revision + 1,
      effective_from: step === "make_effective" ? effective : found.row.effective_from,
    };
    if (signature !== null) {
      found.signatures.push({ ...signedAs("performed", "David Chen", "2026-11-24T09:00:00Z"), reason });
    }
    return this.view(id);
  }

  private compare({ id, from }: CompareMasterRecords): DifferenceList {
    const [older, newer] = [this.find(from).row.version, this.find(id).row.version];
    const place = ["Granulation", "Wet mixing"];
    return {
      from_version: older,
      to_version: newer,
      changes: [
        { kind: "changed", place: [], field: "batch_size", before: "180.00", after: "200.00" },
        { kind: "changed", place: [...place, "GRN-010"], field: "kind.high", before: "120", after: "130" },
        { kind: "added", place: [...place, "GRN-030"], field: "", before: null, after: "Check of the charges" },
        { kind: "removed", place: [...place, "GRN-015"], field: "", before: "Add the water by hand", after: null },
      ],
    };
  }

  private import({ file }: MasterRecordImport): MasterRecordImportOutcome {
    if (this.importFaults.length > 0) return { record: null, faults: this.importFaults };
    const { procedure } = JSON.parse(file) as { procedure: Procedure };
    return { record: this.create({ procedure, basedOn: null, reason: "", requestKey: "" }), faults: [] };
  }
}

function faultsOf(procedure: Procedure): Fault[] {
  const faults: Fault[] = [];
  const missing = (path: string, text: string) => {
    if (text.trim() === "") faults.push({ path, code: "text_missing", detail: "" });
  };
  missing("/product", procedure.product);
  procedure.unit_procedures.forEach((unit, unitAt) => {
    unit.operations.forEach((operation, operationAt) => {
      operation.phases.forEach(({ title, instruction, kind }, phaseAt) => {
        const path = `/unit_procedures/${unitAt}/operations/${operationAt}/phases/${phaseAt}`;
        missing(`${path}/title`, title);
        missing(`${path}/instruction`, instruction);
        if (kind.type === "value" && kind.low != null && kind.high != null && Number(kind.high) < Number(kind.low)) {
          faults.push({ path: `${path}/kind/high`, code: "limits_crossed", detail: kind.low });
        }
      });
    });
  });
  return faults;
}
