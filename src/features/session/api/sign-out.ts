import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** Whatever the next person must not see leaves the cache with the person. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(commands.signOut()),
    onSuccess: () => {
      client.setQueryData(keys.person, null);
      client.removeQueries({
        predicate: ({ queryKey }) =>
          ["batches", "batch", "lists", "number", "identified", "account"].includes(String(queryKey[0])),
      });
    },
  });
}
