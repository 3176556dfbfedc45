import { useMutation } from "@tanstack/react-query";
import { commands, type UserChange } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale. */
export function useChangeUser() {
  return useMutation({ mutationFn: (change: UserChange) => call(commands.changeUser(change)), gcTime: 0 });
}
