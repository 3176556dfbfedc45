import { useMutation } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** Writes a file into the downloads folder and answers where it lies. */
export function useExportMasterRecord() {
  return useMutation({ mutationFn: (id: string) => call(commands.exportMasterRecord(id)), gcTime: 0 });
}
