import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useUser(userId: string) {
  return useQuery({
    queryKey: keys.user(userId),
    queryFn: () => call(commands.openUser(userId)),
    retry: false,
    // What is typed into a form belongs to what was read: it is read anew only when something was changed.
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}
