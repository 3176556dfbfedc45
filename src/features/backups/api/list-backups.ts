import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useBackups() {
  return useQuery({ queryKey: keys.backups, queryFn: () => call(commands.listBackups()), retry: false });
}
