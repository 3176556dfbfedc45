import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function usePostponeUpdate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(commands.postponeUpdate()),
    onSettled: () => client.invalidateQueries({ queryKey: keys.status }),
  });
}
