import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { commands, type MasterRecordListQuery } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export type MasterRecordFilter = Omit<MasterRecordListQuery, "cursor">;

/** The versions of the plant's records, page by page. */
export function useMasterRecords(filter: MasterRecordFilter) {
  return useInfiniteQuery({
    queryKey: keys.masterRecords(filter),
    queryFn: ({ pageParam }) => call(commands.listMasterRecords({ ...filter, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Whether the person may begin versions: the list says so with every page. */
export function useMayAuthor(): boolean {
  return useMasterRecords({ status: null, search: "" }).data?.pages[0]?.mayAuthor ?? false;
}
