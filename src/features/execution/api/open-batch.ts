import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useBatch(batchId: string) {
  return useQuery({ queryKey: keys.batch(batchId), queryFn: () => call(commands.openBatch(batchId)), retry: false });
}
