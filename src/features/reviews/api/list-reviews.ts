import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** The batches that wait for quality assurance, page by page; whoever was finished first comes first. */
export function useReviews(search: string) {
  return useInfiniteQuery({
    queryKey: keys.reviews(search),
    queryFn: ({ pageParam }) =>
      call(commands.listReviews({ search: search === "" ? null : search, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
