import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

type Passwords = { current: string; chosen: string };

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ current, chosen }: Passwords) => call(commands.changePassword(current, chosen)),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.person }),
        client.invalidateQueries({ queryKey: keys.account }),
      ]),
    gcTime: 0,
  });
}
