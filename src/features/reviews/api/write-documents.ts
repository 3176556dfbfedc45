import { useMutation } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

export function useWriteDocuments() {
  return useMutation({ mutationFn: (batchId: string) => call(commands.writeReleaseDocuments(batchId)), gcTime: 0 });
}
