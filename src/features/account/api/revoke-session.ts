import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useRevokeSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (sessionId: string) => call(commands.revokeSession(sessionId)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.account }),
  });
}
