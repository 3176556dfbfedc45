import { useInfiniteQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** What has become of a batch, the newest first, page by page. */
export function useBatchHistory(batchId: string) {
  return useInfiniteQuery({
    queryKey: keys.batchHistory(batchId),
    queryFn: ({ pageParam }) => call(commands.batchHistory({ batchId, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    retry: false,
  });
}
