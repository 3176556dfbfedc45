import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { commands, type DecideOnLot, type LotChange, type LotListQuery, type NewLot } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export type LotFilter = Omit<LotListQuery, "cursor">;

/** The plant's lots, page by page. */
export function useLots(filter: LotFilter) {
  return useInfiniteQuery({
    queryKey: keys.lots(filter),
    queryFn: ({ pageParam }) => call(commands.listLots({ ...filter, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function useLot(id: string) {
  return useQuery({
    queryKey: keys.lot(id),
    queryFn: () => call(commands.lot(id)),
    retry: false,
    // What is typed into a form belongs to what was read: it is read anew only when something was changed.
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}

/** The station says itself which lists it made stale. */
export function useCreateLot() {
  return useMutation({ mutationFn: (lot: NewLot) => call(commands.createLot(lot)), gcTime: 0 });
}

export function useChangeLot() {
  return useMutation({ mutationFn: (change: LotChange) => call(commands.changeLot(change)), gcTime: 0 });
}

export function useDecideOnLot() {
  return useMutation({ mutationFn: (decision: DecideOnLot) => call(commands.decideOnLot(decision)), gcTime: 0 });
}
