import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

type Typed = { batchId: string; phaseId: string; text: string; decimalSeparator: string };

const check = (typed: Typed) =>
  queryOptions({
    queryKey: keys.number(typed.batchId, typed.phaseId, typed.text),
    queryFn: () => call(commands.checkNumber(typed)),
    retry: false,
  });

/** The station reads the number and knows the limits; the screen only draws the answer. */
export function useNumberCheck(typed: Typed) {
  return useQuery({ ...check(typed), enabled: typed.text !== "", placeholderData: keepPreviousData });
}

/** The answer for exactly the text that is confirmed, never for the one typed before it. */
export function useCheckNow() {
  const client = useQueryClient();
  return (typed: Typed) => client.fetchQuery({ ...check(typed), staleTime: 5_000 });
}
