import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import {
  commands,
  type NewQualification,
  type QualificationChange,
  type QualificationListQuery,
} from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export type QualificationFilter = Omit<QualificationListQuery, "cursor">;

/** The plant's qualifications, page by page. */
export function useQualifications(filter: QualificationFilter) {
  return useInfiniteQuery({
    queryKey: keys.qualifications(filter),
    queryFn: ({ pageParam }) => call(commands.listQualifications({ ...filter, cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function useQualification(id: string) {
  return useQuery({
    queryKey: keys.qualification(id),
    queryFn: () => call(commands.qualification(id)),
    retry: false,
    // What is typed into a form belongs to what was read: it is read anew only when something was changed.
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}

/** The people of the plant who can be qualified. */
export function useCandidates() {
  return useQuery({
    queryKey: keys.qualificationCandidates,
    queryFn: () => call(commands.qualificationCandidates()),
    retry: false,
  });
}

/** The station says itself which lists it made stale. */
export function useGrantQualification() {
  return useMutation({
    mutationFn: (grant: NewQualification) => call(commands.grantQualification(grant)),
    gcTime: 0,
  });
}

export function useChangeQualification() {
  return useMutation({
    mutationFn: (change: QualificationChange) => call(commands.changeQualification(change)),
    gcTime: 0,
  });
}
