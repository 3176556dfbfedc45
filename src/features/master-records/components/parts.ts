import type { Procedure, RecipeLine } from "../../../bridge/bindings";
import { itemOf, kindOfPart, type PartKind, read } from "./pointer";
import { emptyOperation, emptyPhase, freeKey, placedPhases } from "./procedure";

type Addable = { kind: Exclude<PartKind, "head">; list: string; at: number; item: () => object };

/** What can be added where the author is: behind the selected part, or at the end of what is selected. */
export function addable(procedure: Procedure, selected: string): Addable[] {
  const unit = /^\/unit_procedures\/\d+/.exec(selected)?.[0];
  const operation = /^\/unit_procedures\/\d+\/operations\/\d+/.exec(selected)?.[0];
  const found: Addable[] = [];
  const add = (kind: Addable["kind"], list: string, item: () => object) => {
    const here = itemOf(pathOfKind(kind, selected) ?? "");
    const at = here?.list === list ? here.index + 1 : (read(procedure, list) as unknown[]).length;
    found.push({ kind, list, at, item });
  };
  if (operation !== undefined) {
    const phases = placedPhases(procedure).map(({ phase }) => phase.key);
    add("phase", `${operation}/phases`, () => emptyPhase(freeKey(phases, "P")));
  }
  if (unit !== undefined) add("operation", `${unit}/operations`, emptyOperation);
  add("unit", "/unit_procedures", () => ({ name: "", arrangement: "sequence", only_if: null, operations: [] }));
  add("line", "/recipe", () => emptyLine((procedure.recipe ?? []).map(({ key }) => key)));
  return found;
}

/** The part of a kind that holds the selected one, or is it. */
function pathOfKind(kind: PartKind, selected: string): string | undefined {
  const patterns: Partial<Record<PartKind, RegExp>> = {
    phase: /^.*\/phases\/\d+/,
    operation: /^\/unit_procedures\/\d+\/operations\/\d+/,
    unit: /^\/unit_procedures\/\d+/,
    line: /^\/recipe\/\d+/,
  };
  return kindOfPart(selected) === "head" ? undefined : patterns[kind]?.exec(selected)?.[0];
}

const emptyLine = (taken: string[]): RecipeLine => ({
  key: freeKey(taken, "M"),
  material: "",
  material_code: "",
  quantity: "",
  unit: "kg",
  tolerance_percent: "0",
  is_by_potency: false,
});
