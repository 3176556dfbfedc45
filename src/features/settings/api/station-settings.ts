import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useStationSettings() {
  return useQuery({ queryKey: keys.settings, queryFn: () => call(commands.settings()), retry: false });
}
