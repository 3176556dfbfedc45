import { useMutation } from "@tanstack/react-query";
import { commands, type DecideConflict } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists a decision made stale. */
export function useDecideConflict() {
  return useMutation({
    mutationFn: (decision: DecideConflict) => call(commands.decideConflict(decision)),
    gcTime: 0,
  });
}
