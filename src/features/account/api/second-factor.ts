import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useBeginSecondFactor() {
  return useMutation({ mutationFn: (current: string) => call(commands.beginSecondFactor(current)), gcTime: 0 });
}

export function useConfirmSecondFactor() {
  return useMutation({ mutationFn: (code: string) => call(commands.confirmSecondFactor(code)), gcTime: 0 });
}

export function useRemoveSecondFactor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (current: string) => call(commands.removeSecondFactor(current)),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.account }),
    gcTime: 0,
  });
}
