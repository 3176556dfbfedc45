import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** Products with an effective master batch record; asked anew whenever the form is opened. */
export function useMakeableProducts() {
  return useQuery({
    queryKey: keys.makeableProducts,
    queryFn: () => call(commands.makeableProducts()),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}
