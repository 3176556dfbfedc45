import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useUnsent(isOpen: boolean) {
  return useQuery({ queryKey: keys.unsent, queryFn: () => call(commands.listUnsent()), enabled: isOpen });
}
