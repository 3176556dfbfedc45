import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { commands, type UserListQuery } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export type UserFilter = Omit<UserListQuery, "cursor">;

/** The accounts, page by page. */
export function useUsers(filter: UserFilter) {
  return useInfiniteQuery({
    queryKey: keys.users(filter),
    queryFn: ({ pageParam }) => call(commands.listUsers({ ...filter, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
