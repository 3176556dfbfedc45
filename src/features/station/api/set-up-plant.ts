import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands, type PlantSetUp } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useSetUpPlant() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plant: PlantSetUp) => call(commands.setUpPlant(plant)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.status }),
  });
}
