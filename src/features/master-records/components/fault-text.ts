import type { TFunction } from "i18next";
import type { Fault, Operation, PhaseDefinition, Procedure, RecipeLine, UnitProcedure } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { partOf, read } from "./pointer";

export function faultText(t: TFunction, fault: Fault): string {
  return codedText(t, "masterFaults", fault.code, { detail: fault.detail }) ?? fault.code;
}

/** `kind.quantity.high` as a person reads it: Quantity › Upper limit. */
export function fieldText(t: TFunction, steps: string[]): string {
  return steps
    .filter((step) => step !== "kind" && step !== "")
    .map((step) => (/^\d+$/.test(step) ? step : (codedText(t, "masterFields", step) ?? step)))
    .join(" › ");
}

/** A place of a procedure by the names of what it is in. */
export function placeText(t: TFunction, path: string, procedure?: Procedure): string {
  if (procedure === undefined) return path === "" ? t("masters.wholeFile") : path;
  const part = partOf(path);
  const field = path.slice(part.length).split("/").slice(1);
  // People count from one.
  const told = fieldText(
    t,
    field.map((step) => (/^\d+$/.test(step) ? String(Number(step) + 1) : step)),
  );
  return [...namesOf(t, part, procedure), told].filter((name) => name !== "").join(" › ") || t("masters.head");
}

function namesOf(t: TFunction, part: string, procedure: Procedure): string[] {
  const steps = part.split("/");
  return steps.flatMap((step, place) => {
    if (!/^\d+$/.test(step)) return [];
    const item = read(procedure, steps.slice(0, place + 1).join("/"));
    return [nameOf(t, item as PhaseDefinition | RecipeLine | UnitProcedure | Operation)];
  });
}

export function nameOf(t: TFunction, part: PhaseDefinition | RecipeLine | UnitProcedure | Operation): string {
  const name = "key" in part ? part.key : part.name;
  return name.trim() === "" ? t("masters.unnamed") : name;
}
