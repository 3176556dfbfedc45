import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type BatchListQuery, commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useBatches(query: BatchListQuery) {
  return useQuery({
    queryKey: keys.batches(query),
    queryFn: () => call(commands.listBatches(query)),
    placeholderData: keepPreviousData,
    retry: false,
  });
}
