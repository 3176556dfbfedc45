import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function usePlants() {
  return useQuery({ queryKey: keys.plantList, queryFn: () => call(commands.listPlants()), retry: false });
}
