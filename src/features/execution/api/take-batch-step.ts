import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands, type TakeBatchStep } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** Answers with the batch as it is now; the lists are called stale by the station. */
export function useTakeBatchStep() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (step: TakeBatchStep) => call(commands.takeBatchStep(step)),
    onSuccess: (batch) => client.setQueryData(keys.batch(batch.id), batch),
  });
}
