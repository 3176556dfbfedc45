import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** Batches and lots of this station's own copy, while somebody types. */
export function useFound(text: string) {
  return useQuery({
    queryKey: keys.found(text),
    queryFn: () => call(commands.find(text)),
    enabled: text !== "",
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
}

/** Master batch records lie at the server. */
export function useFoundDocuments(text: string, isAsked: boolean) {
  return useQuery({
    queryKey: keys.foundDocuments(text),
    queryFn: () => call(commands.listMasterRecords({ search: text, status: null, cursor: null })),
    enabled: isAsked && text !== "",
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
}
