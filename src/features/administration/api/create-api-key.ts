import { useMutation } from "@tanstack/react-query";
import { commands, type NewApiKey } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale; the text of the key goes with the sheet that shows it. */
export function useCreateApiKey() {
  return useMutation({ mutationFn: (key: NewApiKey) => call(commands.createApiKey(key)), gcTime: 0 });
}
