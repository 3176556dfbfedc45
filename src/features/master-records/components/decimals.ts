import type { PhaseKind, Procedure } from "../../../bridge/bindings";
import { numberOf, placedPhases } from "./procedure";

/** A decimal as a record keeps it; whether it fits where it stands is said by the station. */
export const isDecimal = (text: string) => /^-?\d+(\.\d+)?$/.test(text);

/** The places of numbers that cannot be read: until they can, the procedure is no document that could be sent. */
export function unreadable(procedure: Procedure): string[] {
  const numbers: [string, string | number | null | undefined][] = [["/batch_size", procedure.batch_size]];
  (procedure.recipe ?? []).forEach((line, place) => {
    numbers.push([`/recipe/${place}/quantity`, line.quantity]);
    numbers.push([`/recipe/${place}/tolerance_percent`, line.tolerance_percent]);
  });
  if (procedure.expected_yield) {
    numbers.push(["/expected_yield/low_percent", procedure.expected_yield.low_percent]);
    numbers.push(["/expected_yield/high_percent", procedure.expected_yield.high_percent]);
  }
  for (const { path, phase } of placedPhases(procedure)) numbers.push(...numbersOf(`${path}/kind`, phase.kind));
  return numbers
    .filter(([path, number]) => typeof number === "string" && (isWhole(path) || !isDecimal(number)))
    .map(([path]) => path);
}

/** A whole number is a number as soon as it can be read; as a text it could not be. */
const isWhole = (path: string) => /\/(places|longest|minimum_seconds|maximum_seconds)$/.test(path);

export const numberPath = (path: string, kind: PhaseKind) =>
  kind.type === "material_charge" ? `${path}/quantity` : kind.type === "calculation" ? `${path}/result` : path;

function numbersOf(path: string, kind: PhaseKind): [string, string | number | null | undefined][] {
  if (kind.type === "timer") {
    return [
      [`${path}/minimum_seconds`, kind.minimum_seconds],
      [`${path}/maximum_seconds`, kind.maximum_seconds],
    ];
  }
  if (kind.type === "text") return [[`${path}/longest`, kind.longest]];
  const number = numberOf(kind);
  if (number === null) return [];
  const at = numberPath(path, kind);
  return [
    [`${at}/places`, number.places],
    [`${at}/low`, number.low],
    [`${at}/target`, number.target],
    [`${at}/high`, number.high],
    [`${at}/plausible/low`, number.plausible?.low],
    [`${at}/plausible/high`, number.plausible?.high],
  ];
}
