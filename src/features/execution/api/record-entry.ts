import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands, type RecordEntry } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys, staleKey } from "../../../bridge/keys";

/** Resolves only after the entry is durable on this station. */
export function useRecordEntry() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (entry: RecordEntry) => call(commands.recordEntry(entry)),
    onSuccess: (receipt) => {
      client.setQueryData(keys.batch(receipt.batch.id), receipt.batch);
      for (const name of ["batches", "unsent", "status"] as const)
        void client.invalidateQueries({ queryKey: staleKey(name) });
    },
    // The password is not kept in the cache of finished requests.
    gcTime: 0,
  });
}
