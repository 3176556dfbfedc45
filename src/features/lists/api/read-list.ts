import { useQuery } from "@tanstack/react-query";
import { commands, type ListName } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useList(list: ListName) {
  return useQuery({ queryKey: keys.list(list), queryFn: () => call(commands.readList(list)), retry: false });
}
