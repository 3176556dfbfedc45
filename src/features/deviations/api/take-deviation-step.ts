import { useMutation } from "@tanstack/react-query";
import { commands, type TakeDeviationStep } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { useKeepDeviation } from "./keep-deviation";

/** The station says itself which lists it made stale. */
export function useTakeDeviationStep() {
  const keep = useKeepDeviation();
  return useMutation({
    mutationFn: (step: TakeDeviationStep) => call(commands.takeDeviationStep(step)),
    onSuccess: keep,
    gcTime: 0,
  });
}
