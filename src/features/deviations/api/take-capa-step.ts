import { useMutation } from "@tanstack/react-query";
import { commands, type TakeCapaStep } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { useKeepCapa } from "./keep-capa";

/** The station says itself which lists it made stale. */
export function useTakeCapaStep() {
  const keep = useKeepCapa();
  return useMutation({
    mutationFn: (step: TakeCapaStep) => call(commands.takeCapaStep(step)),
    onSuccess: keep,
    gcTime: 0,
  });
}
