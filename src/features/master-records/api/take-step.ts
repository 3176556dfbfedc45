import { useMutation } from "@tanstack/react-query";
import { commands, type TakeMasterRecordStep } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { useKeepMasterRecord } from "./keep-master-record";

/** The station says itself which lists it made stale. */
export function useTakeStep() {
  const keep = useKeepMasterRecord();
  return useMutation({
    mutationFn: (step: TakeMasterRecordStep) => call(commands.takeMasterRecordStep(step)),
    onSuccess: keep,
    gcTime: 0,
  });
}
