import { useMutation } from "@tanstack/react-query";
import { commands, type NewPlant } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale. */
export function useCreatePlant() {
  return useMutation({ mutationFn: (plant: NewPlant) => call(commands.createPlant(plant)), gcTime: 0 });
}
