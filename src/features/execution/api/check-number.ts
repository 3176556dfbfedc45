import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

type Typed = { batchId: string; phaseId: string; text: string; decimalSeparator: string };

/** The station reads the number and knows the limits; the screen only draws the answer. */
export function useNumberCheck(typed: Typed) {
  return useQuery({
    queryKey: keys.number(typed.batchId, typed.phaseId, typed.text),
    queryFn: () => call(commands.checkNumber(typed)),
    enabled: typed.text !== "",
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
}
