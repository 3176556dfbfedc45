import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => call(commands.signIn(email, password)),
    onSuccess: (person) => {
      client.setQueryData(keys.person, person);
      return client.invalidateQueries({ queryKey: keys.status });
    },
    gcTime: 0,
  });
}
