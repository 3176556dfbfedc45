import type { SignedInPerson, StationStatus } from "../../../bridge/bindings";
export function ExecutionScreen(_: {
  batchId: string;
  person: SignedInPerson;
  status: StationStatus;
  onPick: () => void;
}) {
  return null;
}
