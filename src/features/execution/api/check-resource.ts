import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** The station knows the plant's registers; the screen only says what it answers for a lot or a piece of equipment. */
export function useResourceCheck(batchId: string, phaseId: string, text: string, isAsked = true) {
  return useQuery({
    queryKey: keys.resource(batchId, phaseId, text),
    queryFn: () => call(commands.checkResource({ batchId, phaseId, text })),
    enabled: isAsked && text !== "",
    retry: false,
  });
}
