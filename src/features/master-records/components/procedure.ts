import type { NumberParameter, Operation, PhaseDefinition, PhaseKind, Procedure } from "../../../bridge/bindings";

export type PhaseType = PhaseKind["type"];

export const phaseTypes: PhaseType[] = [
  "confirmation",
  "value",
  "in_process_check",
  "material_charge",
  "timer",
  "text",
  "choice",
  "date",
  "equipment_use",
  "cleaning_check",
  "sample_request",
  "second_person_check",
  "calculation",
];

/** One phase with its place in the document and its number as the operator counts. */
export type Placed = { path: string; number: number; phase: PhaseDefinition };

export function placedPhases(procedure: Procedure): Placed[] {
  const placed: Placed[] = [];
  procedure.unit_procedures.forEach((unit, unitAt) => {
    unit.operations.forEach((operation, operationAt) => {
      operation.phases.forEach((phase, phaseAt) => {
        const path = `/unit_procedures/${unitAt}/operations/${operationAt}/phases/${phaseAt}`;
        placed.push({ path, number: placed.length + 1, phase });
      });
    });
  });
  return placed;
}

const emptyNumber: NumberParameter = { unit: "kg", places: 2, low: null, target: null, high: null };

export function emptyKind(type: PhaseType): PhaseKind {
  switch (type) {
    case "value":
    case "in_process_check":
      return { type, ...emptyNumber };
    case "text":
      return { type, longest: 200 };
    case "choice":
      return {
        type,
        options: [
          { text: "", is_expected: true },
          { text: "", is_expected: false },
        ],
      };
    case "material_charge":
      return { type, material: "", material_code: "", quantity: emptyNumber, line: null };
    case "timer":
      return { type, minimum_seconds: 600, maximum_seconds: null };
    case "equipment_use":
      return { type, equipment_class: "", must_be_clean: true };
    case "cleaning_check":
      return { type, equipment_class: "" };
    case "attachment":
      return { type, accepts: "photo" };
    case "sample_request":
      return { type, sample: "", tests: [] };
    case "second_person_check":
      return { type, of: [] };
    case "calculation":
      return { type, expression: "", rounding: "half_up", result: { ...emptyNumber, unit: "%", places: 1 } };
    default:
      return { type };
  }
}

/** The number that a phase records, when it records one. */
export function numberOf(kind: PhaseKind): NumberParameter | null {
  if (kind.type === "value" || kind.type === "in_process_check") return kind;
  if (kind.type === "material_charge") return kind.quantity;
  return kind.type === "calculation" ? kind.result : null;
}

/** The first key of the form `P-010`, `P-020`, … that is not taken. */
export function freeKey(taken: string[], stem: string): string {
  for (let number = 10; ; number += 10) {
    const key = `${stem}-${String(number).padStart(3, "0")}`;
    if (!taken.includes(key)) return key;
  }
}

export const emptyPhase = (key: string): PhaseDefinition =>
  filledPhase({ key, title: "", instruction: "", kind: { type: "confirmation" } });

export const emptyOperation = (): Operation => ({ name: "", arrangement: "sequence", only_if: null, phases: [] });

/** Every member that a file may leave out stands there, so that a form finds it at its place. */
export function filled(procedure: Procedure): Procedure {
  return {
    ...procedure,
    recipe: procedure.recipe ?? [],
    expected_yield: procedure.expected_yield ?? null,
    arrangement: procedure.arrangement ?? "sequence",
    unit_procedures: procedure.unit_procedures.map((unit) => ({
      ...unit,
      arrangement: unit.arrangement ?? "sequence",
      only_if: unit.only_if ?? null,
      operations: unit.operations.map((operation) => ({
        ...operation,
        arrangement: operation.arrangement ?? "sequence",
        only_if: operation.only_if ?? null,
        phases: operation.phases.map(filledPhase),
      })),
    })),
  };
}

function filledPhase(phase: PhaseDefinition): PhaseDefinition {
  return {
    ...phase,
    kind: filledKind(phase.kind),
    signature: phase.signature ?? null,
    performed_by: phase.performed_by ?? [],
    verification: phase.verification ? { by: phase.verification.by ?? [] } : null,
    only_if: phase.only_if ?? null,
    qualification: phase.qualification ?? null,
  };
}

function filledKind(kind: PhaseKind): PhaseKind {
  if (kind.type === "material_charge") {
    return { ...kind, quantity: filledNumber(kind.quantity), line: kind.line ?? null };
  }
  if (kind.type === "calculation") return { ...kind, result: filledNumber(kind.result) };
  if (kind.type === "value" || kind.type === "in_process_check") return { ...kind, ...filledNumber(kind) };
  return kind;
}

function filledNumber({ unit, places, low, target, high }: NumberParameter): NumberParameter {
  return { unit, places, low: low ?? null, target: target ?? null, high: high ?? null };
}
