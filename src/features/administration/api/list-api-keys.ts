import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type ApiKeyListQuery, commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export type ApiKeyFilter = Omit<ApiKeyListQuery, "cursor">;

/** The API keys, page by page. */
export function useApiKeys(filter: ApiKeyFilter) {
  return useInfiniteQuery({
    queryKey: keys.apiKeys(filter),
    queryFn: ({ pageParam }) => call(commands.listApiKeys({ ...filter, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
