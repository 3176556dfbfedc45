import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands, type SignedInPerson } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

type Credentials = { email: string; password: string; code: string | null };

/** With a code where the server has asked for a second factor. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ email, password, code }: Credentials): Promise<SignedInPerson> =>
      call(code === null ? commands.signIn(email, password) : commands.signInWithCode(email, password, code)),
    onSuccess: (person) => {
      client.setQueryData(keys.person, person);
      // Another session begins with all components of a signature again, whoever signed before.
      client.removeQueries({ queryKey: ["identified"] });
      return client.invalidateQueries({ queryKey: keys.status });
    },
    gcTime: 0,
  });
}
