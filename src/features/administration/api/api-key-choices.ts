import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** What the person can put into a key. */
export function useApiKeyChoices() {
  return useQuery({ queryKey: keys.apiKeyChoices, queryFn: () => call(commands.apiKeyChoices()), retry: false });
}
