import { useMutation } from "@tanstack/react-query";
import { commands, type NewUser } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale. */
export function useCreateUser() {
  return useMutation({ mutationFn: (user: NewUser) => call(commands.createUser(user)), gcTime: 0 });
}
