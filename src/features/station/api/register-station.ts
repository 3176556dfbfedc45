import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands, type StationRegistration } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useRegisterStation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (station: StationRegistration) => call(commands.registerStation(station)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.status }),
  });
}
