import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useReleases() {
  return useQuery({ queryKey: keys.releases, queryFn: () => call(commands.listReleases()), retry: false });
}
