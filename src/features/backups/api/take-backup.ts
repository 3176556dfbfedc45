import { useMutation } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

export function useTakeBackup() {
  return useMutation({ mutationFn: () => call(commands.takeBackup()) });
}
