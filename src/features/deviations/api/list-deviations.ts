import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { commands, type DeviationListQuery } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export type DeviationFilter = Omit<DeviationListQuery, "cursor">;

/** The plant's deviations, page by page. */
export function useDeviations(filter: DeviationFilter) {
  return useInfiniteQuery({
    queryKey: keys.deviations(filter),
    queryFn: ({ pageParam }) => call(commands.listDeviations({ ...filter, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
