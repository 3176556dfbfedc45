import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useMasterRecord(id: string) {
  return useQuery({ queryKey: keys.masterRecord(id), queryFn: () => call(commands.masterRecord(id)), retry: false });
}
