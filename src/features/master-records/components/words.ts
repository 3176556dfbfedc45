import type { Role, Unit } from "../../../bridge/bindings";

/** The words that a procedure may hold, in the order in which they are offered. */
export const units = [
  "kg",
  "g",
  "mg",
  "L",
  "mL",
  "%",
  "°C",
  "min",
  "s",
  "h",
  "rpm",
  "bar",
  "mbar",
  "Pa",
  "kN",
  "N",
  "kW",
  "A",
  "mm",
  "µm",
  "g/mL",
  "g/min",
  "mL/min",
  "m³/h",
  "lx",
  "tablets",
  "each",
] satisfies Unit[];

/** Which of them may do what is said by the station, as a fault. */
export const roles = [
  "Production Operator",
  "Production Manager",
  "Production Head",
  "Plant Head",
  "QA Operator",
  "QA Manager",
  "QA Head",
  "QC Operator",
  "QC Manager",
  "QC Head",
  "Warehouse Manager",
] satisfies Role[];

export const unitChoices = units.map((unit) => ({ value: unit, label: unit }));
