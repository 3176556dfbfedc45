import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function usePlant(plantId: string) {
  return useQuery({
    queryKey: keys.plant(plantId),
    queryFn: () => call(commands.openPlant(plantId)),
    retry: false,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}
