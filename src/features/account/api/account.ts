import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** It changes on the server without the station: it is asked for whenever its screen opens. */
export function useAccount() {
  return useQuery({ queryKey: keys.account, queryFn: () => call(commands.account()), staleTime: 0 });
}
