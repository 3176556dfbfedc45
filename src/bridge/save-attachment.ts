import { useMutation } from "@tanstack/react-query";
import { commands } from "./bindings";
import { call } from "./call";

/** Writes the file of an entry into the downloads folder, and answers where it lies. */
export function useSaveAttachment(batchId: string, operationId: string) {
  return useMutation({ mutationFn: () => call(commands.saveAttachment(batchId, operationId)), gcTime: 0 });
}
