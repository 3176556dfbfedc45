import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** What a batch of this version would be; nothing while none is chosen. */
export function useBatchProposal(masterRecordId: string | null) {
  return useQuery({
    queryKey: keys.batchProposal(masterRecordId ?? ""),
    queryFn: () => call(commands.proposeBatch(masterRecordId ?? "")),
    enabled: masterRecordId !== null,
    retry: false,
  });
}
