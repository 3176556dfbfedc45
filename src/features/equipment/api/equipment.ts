import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import {
  type ActOnEquipment,
  commands,
  type EquipmentChange,
  type EquipmentListQuery,
  type NewEquipment,
} from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export type EquipmentFilter = Omit<EquipmentListQuery, "cursor">;

/** The plant's equipment, page by page. */
export function useEquipmentList(filter: EquipmentFilter) {
  return useInfiniteQuery({
    queryKey: keys.equipmentList(filter),
    queryFn: ({ pageParam }) => call(commands.listEquipment({ ...filter, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function useEquipment(id: string) {
  return useQuery({
    queryKey: keys.equipment(id),
    queryFn: () => call(commands.equipment(id)),
    retry: false,
    // What is typed into a form belongs to what was read: it is read anew only when something was changed.
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}

/** The station says itself which lists it made stale. */
export function useCreateEquipment() {
  return useMutation({
    mutationFn: (equipment: NewEquipment) => call(commands.createEquipment(equipment)),
    gcTime: 0,
  });
}

export function useChangeEquipment() {
  return useMutation({ mutationFn: (change: EquipmentChange) => call(commands.changeEquipment(change)), gcTime: 0 });
}

export function useActOnEquipment() {
  return useMutation({ mutationFn: (wanted: ActOnEquipment) => call(commands.actOnEquipment(wanted)), gcTime: 0 });
}
