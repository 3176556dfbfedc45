import type {
  ActOnEquipment,
  CheckResource,
  DecideOnLot,
  EquipmentAct,
  EquipmentView,
  LotChange,
  LotView,
  NewEquipment,
  NewLot,
  NewQualification,
  QualificationChange,
  QualificationItem,
  ResourceCheck,
} from "../bridge/bindings";

const AT = "2026-11-20T04:05:00Z";

export function lot(number: string, change: Partial<LotView["row"]> = {}, view: Partial<LotView> = {}): LotView {
  return {
    row: {
      id: `lot-${number}`,
      plant_id: "plant-a",
      number,
      material_code: "RM-1001",
      material: "Metformin Hydrochloride",
      supplier: "Aurora Fine Chemicals",
      supplier_lot: `AFC-${number}`,
      quantity: "250.00",
      unit: "kg",
      status: "Approved",
      manufactured_on: "2026-05-08",
      expires_on: "2028-05-17",
      retest_on: null,
      potency_percent: "99.40",
      created_by: "scm-wh-1",
      created_by_name: "James Wilson",
      created_at: AT,
      revision: 1,
      ...change,
    },
    isPastItsDates: false,
    canChange: false,
    decisions: [],
    ...view,
  };
}

export function equipment(code: string, view: Partial<EquipmentView> = {}): EquipmentView {
  return {
    item: {
      row: {
        id: `equipment-${code}`,
        plant_id: "plant-a",
        code,
        name: "Fluid-bed dryer 200 kg",
        kind: "Fluid-bed dryer",
        state: "Idle",
        cleanliness: "Clean",
        clean_until: "2026-11-29T09:00:00Z",
        cleaned_by: "prod-op-1",
        cleaned_by_name: "David Chen",
        in_use_for: null,
        in_use_for_number: null,
        calibration_due: "2026-11-12",
        revision: 3,
      },
      isCalibrationOverdue: true,
      isCleaningExpired: false,
    },
    log: [
      {
        id: "log-1",
        act: "cleaning_verified",
        at: AT,
        person_id: "qa-op-1",
        person_name: "Emily Brown",
        batch_id: null,
        batch_number: null,
        product: null,
        note: "Looked at and swabbed.",
        clean_until: "2026-11-29T09:00:00Z",
        calibration_due: null,
        operation_id: null,
      },
    ],
    acts: ["cleaning_begun", "put_on_hold", "calibrated"],
    canManage: false,
    batches: [{ id: "batch-1", number: "MET-26-0142", product: "Metformin HCl 500 mg" }],
    ...view,
  };
}

export function qualification(code: string, change: Partial<QualificationItem> = {}): QualificationItem {
  return {
    row: {
      id: `qualification-${code}`,
      plant_id: "plant-a",
      person_id: "prod-op-1",
      person_name: "David Chen",
      procedure_code: code,
      procedure_title: "Dispensing of raw materials",
      valid_until: "2027-09-30",
      granted_by_name: "Raj Patel",
      granted_at: AT,
      withdrawn_by_name: null,
      withdrawn_at: null,
      revision: 2,
    },
    state: "valid",
    isOwn: false,
    ...change,
  };
}

/** The registers as the server holds them, roughly. */
export class FakeRegisters {
  lots: LotView[] = [
    lot("LOT-MET-0417"),
    lot("LOT-MET-0389", { expires_on: "2026-11-03" }, { isPastItsDates: true }),
    lot(
      "LOT-MET-0425",
      { status: "Quarantine" },
      {
        decisions: [
          { status: "Approved", refusal: null },
          { status: "Rejected", refusal: "own_work" },
        ],
        canChange: true,
      },
    ),
  ];
  equipment: EquipmentView[] = [equipment("FBD-01")];
  qualifications: QualificationItem[] = [
    qualification("SOP-DSP-004"),
    qualification("SOP-CLN-002", { state: "expired" }),
  ];
  canManage = true;
  /** What the station answers for a lot or a piece of equipment that is scanned. */
  checks: Record<string, ResourceCheck> = {};

  answer(command: string, args: Record<string, unknown>): unknown {
    switch (command) {
      case "check_resource":
        return this.checks[(args.input as CheckResource).text] ?? { refusal: null, isKnown: true };
      case "list_lots":
        return { items: this.lots, nextCursor: null, canManage: this.canManage, units: ["kg", "g", "L"] };
      case "lot":
        return this.lots.find(({ row }) => row.id === args.id);
      case "create_lot":
        return lot((args.lot as NewLot).number);
      case "change_lot":
        return this.lots.find(({ row }) => row.id === (args.change as LotChange).id);
      case "decide_on_lot":
        return this.decide(args.decision as DecideOnLot);
      case "list_equipment":
        return { items: this.equipment.map(({ item }) => item), nextCursor: null, canManage: this.canManage };
      case "equipment":
        return this.equipment.find(({ item }) => item.row.id === args.id);
      case "create_equipment":
        return equipment((args.equipment as NewEquipment).code);
      case "change_equipment":
      case "act_on_equipment":
        return this.act(args.wanted as ActOnEquipment);
      case "list_qualifications":
        return { items: this.qualifications, nextCursor: null, canManage: this.canManage };
      case "qualification":
        return this.qualifications.find(({ row }) => row.id === args.id);
      case "qualification_candidates":
        return [{ id: "prod-op-1", name: "David Chen", role: "Production Operator" }];
      case "grant_qualification":
        return qualification((args.grant as NewQualification).procedureCode);
      default:
        return this.qualifications.find(({ row }) => row.id === (args.change as QualificationChange).id);
    }
  }

  private decide({ id, status }: DecideOnLot): LotView | undefined {
    const known = this.lots.find(({ row }) => row.id === id);
    if (known !== undefined) Object.assign(known, { row: { ...known.row, status, revision: 2 }, decisions: [] });
    return known;
  }

  private act(wanted: ActOnEquipment): EquipmentView | undefined {
    const known = this.equipment.find(({ item }) => item.row.id === wanted.id);
    if (known !== undefined && wanted.act === ("calibrated" satisfies EquipmentAct)) {
      known.item = {
        ...known.item,
        isCalibrationOverdue: false,
        row: { ...known.item.row, calibration_due: wanted.calibrationDue, revision: 4 },
      };
    }
    return known;
  }
}
