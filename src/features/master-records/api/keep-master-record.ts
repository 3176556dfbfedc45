import { useQueryClient } from "@tanstack/react-query";
import type { MasterRecordView } from "../../../bridge/bindings";
import { keys } from "../../../bridge/keys";

/** A command that changes a version answers with it: the screens show it without asking again. */
export function useKeepMasterRecord() {
  const client = useQueryClient();
  return (view: MasterRecordView) => client.setQueryData(keys.masterRecord(view.record.row.id), view);
}
