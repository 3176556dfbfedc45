import type { PhaseKind, Procedure } from "../../../bridge/bindings";
import { emptyKind, type PhaseType } from "./procedure";

/** The procedure in which everything that named the phase names it by its new key. */
export function renamePhase(procedure: Procedure, from: string, to: string): Procedure {
  const inText = (text: string | null | undefined) => text?.replaceAll(`{${from}}`, `{${to}}`) ?? null;
  const inKind = (kind: PhaseKind): PhaseKind => {
    if (kind.type === "second_person_check") return { ...kind, of: kind.of.map((key) => (key === from ? to : key)) };
    if (kind.type === "calculation") return { ...kind, expression: inText(kind.expression) ?? "" };
    return kind;
  };
  const expected = procedure.expected_yield;
  return {
    ...procedure,
    expected_yield: expected?.phase === from ? { ...expected, phase: to } : expected,
    unit_procedures: procedure.unit_procedures.map((unit) => ({
      ...unit,
      only_if: inText(unit.only_if),
      operations: unit.operations.map((operation) => ({
        ...operation,
        only_if: inText(operation.only_if),
        phases: operation.phases.map((phase) => ({
          ...phase,
          only_if: inText(phase.only_if),
          kind: inKind(phase.kind),
        })),
      })),
    })),
  };
}

/** The procedure in which every charge of the recipe's line names it by its new key. */
export function renameLine(procedure: Procedure, from: string, to: string): Procedure {
  const inKind = (kind: PhaseKind): PhaseKind =>
    kind.type === "material_charge" && kind.line === from ? { ...kind, line: to } : kind;
  return {
    ...procedure,
    unit_procedures: procedure.unit_procedures.map((unit) => ({
      ...unit,
      operations: unit.operations.map((operation) => ({
        ...operation,
        phases: operation.phases.map((phase) => ({ ...phase, kind: inKind(phase.kind) })),
      })),
    })),
  };
}

/** Another kind, with the number and its limits kept where both kinds have one. */
export function changeKind(from: PhaseKind, type: PhaseType): PhaseKind {
  const next = emptyKind(type);
  const isPlain = (kind: PhaseKind) => kind.type === "value" || kind.type === "in_process_check";
  if (isPlain(from) && isPlain(next)) return { ...from, type } as PhaseKind;
  const asksForEquipment = (kind: PhaseKind) => kind.type === "equipment_use" || kind.type === "cleaning_check";
  if (asksForEquipment(from) && asksForEquipment(next)) {
    return { ...next, equipment_class: from.equipment_class } as PhaseKind;
  }
  return next;
}
