import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** Whether people may sign in at the company's identity provider; asked again when the server comes or goes. */
export function useOffersSingleSignOn(isOnline: boolean) {
  return useQuery({
    queryKey: keys.singleSignOn,
    queryFn: () => call(commands.offersSingleSignOn()),
    enabled: isOnline,
  });
}

/** Waits until the person has signed in in the browser, or has given up. */
export function useSignInAtProvider() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(commands.signInAtProvider()),
    onSuccess: (person) => {
      client.setQueryData(keys.person, person);
      return client.invalidateQueries({ queryKey: keys.status });
    },
  });
}

export const cancelSingleSignOn = () => call(commands.cancelSingleSignOn());
