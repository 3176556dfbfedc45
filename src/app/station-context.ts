import { createContext, use } from "react";
import type { SignedInPerson, StationStatus } from "../bridge/bindings";

/** Who is signed in and how the station stands; below the entrance there is always both. */
export const StationContext = createContext<{ person: SignedInPerson; status: StationStatus } | null>(null);

export function useStation() {
  const station = use(StationContext);
  if (station === null) throw new Error("No station above this component");
  return station;
}
