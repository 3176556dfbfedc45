import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useDeviation(id: string) {
  return useQuery({ queryKey: keys.deviation(id), queryFn: () => call(commands.deviation(id)), retry: false });
}
