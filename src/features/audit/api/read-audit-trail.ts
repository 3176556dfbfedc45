import { useInfiniteQuery } from "@tanstack/react-query";
import { type AuditTrailQuery, commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useAuditTrail(query: AuditTrailQuery) {
  return useInfiniteQuery({
    queryKey: keys.auditTrail(query),
    queryFn: ({ pageParam }) => call(commands.readAuditTrail(query, pageParam)),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    retry: false,
  });
}
