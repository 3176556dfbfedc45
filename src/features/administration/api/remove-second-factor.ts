import { useMutation } from "@tanstack/react-query";
import { commands, type UserAction } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale. */
export function useRemoveSecondFactor() {
  return useMutation({ mutationFn: (action: UserAction) => call(commands.removeUserSecondFactor(action)), gcTime: 0 });
}
