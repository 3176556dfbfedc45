import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useTimeZones() {
  return useQuery({ queryKey: keys.timeZones, queryFn: () => call(commands.timeZones()), staleTime: Infinity });
}
