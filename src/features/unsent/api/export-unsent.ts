import { useMutation } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** Changes nothing: what is written stays unsent here. */
export function useExportUnsent() {
  return useMutation({ mutationFn: () => call(commands.exportUnsent()) });
}
