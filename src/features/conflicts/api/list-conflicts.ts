import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** Entries that are kept beside others, page by page, the newest first. */
export function useConflicts(onlyOpen: boolean) {
  return useInfiniteQuery({
    queryKey: keys.conflicts(onlyOpen),
    queryFn: ({ pageParam }) => call(commands.listConflicts({ onlyOpen, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
