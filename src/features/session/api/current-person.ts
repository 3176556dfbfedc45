import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useCurrentPerson(isReady: boolean) {
  return useQuery({
    queryKey: keys.person,
    queryFn: () => call(commands.currentPerson()),
    enabled: isReady,
    staleTime: Infinity,
  });
}
