import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type CapaListQuery, commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export type CapaFilter = Omit<CapaListQuery, "cursor">;

/** The plant's corrective and preventive actions, page by page. */
export function useCapas(filter: CapaFilter) {
  return useInfiniteQuery({
    queryKey: keys.capas(filter),
    queryFn: ({ pageParam }) => call(commands.listCapas({ ...filter, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
