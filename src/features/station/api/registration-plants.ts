import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useRegistrationPlants() {
  return useQuery({ queryKey: keys.plants, queryFn: () => call(commands.registrationPlants()), retry: false });
}
