import { useMutation } from "@tanstack/react-query";
import { type ApiKeyEnd, commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale. */
export function useRevokeApiKey() {
  return useMutation({ mutationFn: (end: ApiKeyEnd) => call(commands.revokeApiKey(end)), gcTime: 0 });
}
