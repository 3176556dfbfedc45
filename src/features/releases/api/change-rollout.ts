import { useMutation } from "@tanstack/react-query";
import { commands, type RolloutInput } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale. */
export function useChangeRollout() {
  return useMutation({ mutationFn: (input: RolloutInput) => call(commands.changeRollout(input)) });
}
