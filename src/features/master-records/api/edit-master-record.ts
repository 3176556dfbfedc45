import { useMutation } from "@tanstack/react-query";
import { commands, type MasterRecordEdit } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { useKeepMasterRecord } from "./keep-master-record";

/** The station says itself which lists it made stale. */
export function useEditMasterRecord() {
  const keep = useKeepMasterRecord();
  return useMutation({
    mutationFn: (edit: MasterRecordEdit) => call(commands.editMasterRecord(edit)),
    onSuccess: keep,
    gcTime: 0,
  });
}
