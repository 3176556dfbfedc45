import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { commands, type Procedure } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** What is wrong with what was typed; `null` asks nothing and keeps what was said last. */
export function useProcedureFaults(text: string | null) {
  return useQuery({
    queryKey: keys.procedureFaults(text ?? ""),
    queryFn: () => call(commands.checkProcedure(JSON.parse(text ?? "") as Procedure)),
    enabled: text !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
}
