import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** A batch that was read this long ago is not read again when its screen opens; news of the station make it stale at once. */
const FRESH_MS = 1000;
/** Whoever taps a batch sees by then that something happens. */
const LONGEST_WAIT_MS = 150;

const opened = (batchId: string) =>
  queryOptions({
    queryKey: keys.batch(batchId),
    queryFn: () => call(commands.openBatch(batchId)),
    retry: false,
    staleTime: FRESH_MS,
  });

export function useBatch(batchId: string) {
  return useQuery(opened(batchId));
}

/** Reads a batch before its screen opens, so that the screen is drawn once; ready when it is there, or soon after. */
export function useBatchAhead() {
  const client = useQueryClient();
  return (batchId: string) =>
    Promise.race([
      client.prefetchQuery(opened(batchId)),
      new Promise<void>((resolve) => setTimeout(resolve, LONGEST_WAIT_MS)),
    ]);
}
