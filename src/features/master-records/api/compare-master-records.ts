import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** What is different in a version against an older one, once one is chosen. */
export function useDifference(id: string, from: string | null) {
  return useQuery({
    queryKey: keys.masterRecordDifference(id, from ?? ""),
    queryFn: () => call(commands.compareMasterRecords({ id, from: from ?? "" })),
    enabled: from !== null,
    retry: false,
  });
}
