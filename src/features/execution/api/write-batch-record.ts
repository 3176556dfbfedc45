import { useMutation } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** Writes the sealed record into the downloads folder, in both its forms, and answers where they lie. */
export function useWriteBatchRecord() {
  return useMutation({ mutationFn: (batchId: string) => call(commands.writeBatchRecord(batchId)), gcTime: 0 });
}
