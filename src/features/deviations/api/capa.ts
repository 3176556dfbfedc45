import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useCapa(id: string) {
  return useQuery({ queryKey: keys.capa(id), queryFn: () => call(commands.capa(id)), retry: false });
}
