import type { PlantSetUp } from "../../../bridge/bindings";
import { CommandFailure } from "../../../bridge/call";

const beginnings: [string, keyof PlantSetUp][] = [
  ["plant", "plantName"],
  ["region", "region"],
  ["time_zone", "timeZone"],
  ["administrator_name", "administratorName"],
  ["name", "administratorName"],
  ["administrator_email", "administratorEmail"],
  ["email", "administratorEmail"],
  ["administrator_password", "administratorPassword"],
  ["password", "administratorPassword"],
  ["backup_folder", "backupFolder"],
];

/** The field that a refused form's code speaks of: a code is named for what it refuses. */
export function fieldOf(failure: unknown): keyof PlantSetUp | undefined {
  if (!(failure instanceof CommandFailure)) return undefined;
  const subject = failure.values.field ?? failure.code;
  return beginnings.find(([beginning]) => subject.startsWith(beginning))?.[1];
}
