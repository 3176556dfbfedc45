import { useMutation } from "@tanstack/react-query";
import { commands, type UserActivity } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale. */
export function useSetUserActive() {
  return useMutation({ mutationFn: (activity: UserActivity) => call(commands.setUserActive(activity)), gcTime: 0 });
}
