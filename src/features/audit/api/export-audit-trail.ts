import { useMutation } from "@tanstack/react-query";
import { type AuditTrailQuery, commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

export function useExportAuditTrail() {
  return useMutation({
    mutationFn: ({ query, isCsv }: { query: AuditTrailQuery; isCsv: boolean }) =>
      call(commands.exportAuditTrail(query, isCsv)),
  });
}
