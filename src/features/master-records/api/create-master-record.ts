import { useMutation } from "@tanstack/react-query";
import { commands, type NewMasterRecord } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { useKeepMasterRecord } from "./keep-master-record";

/** The station says itself which lists it made stale. */
export function useCreateMasterRecord() {
  const keep = useKeepMasterRecord();
  return useMutation({
    mutationFn: (begun: NewMasterRecord) => call(commands.createMasterRecord(begun)),
    onSuccess: keep,
    gcTime: 0,
  });
}
