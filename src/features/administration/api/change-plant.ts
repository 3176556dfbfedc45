import { useMutation } from "@tanstack/react-query";
import { commands, type PlantChange } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale. */
export function useChangePlant() {
  return useMutation({ mutationFn: (change: PlantChange) => call(commands.changePlant(change)), gcTime: 0 });
}
