import { useMutation } from "@tanstack/react-query";
import { commands, type MasterRecordImport } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { useKeepMasterRecord } from "./keep-master-record";

/** Makes a draft of a file, or answers everything that is wrong with it. */
export function useImportMasterRecord() {
  const keep = useKeepMasterRecord();
  return useMutation({
    mutationFn: (file: MasterRecordImport) => call(commands.importMasterRecord(file)),
    onSuccess: ({ record }) => {
      if (record !== null) keep(record);
    },
    gcTime: 0,
  });
}
