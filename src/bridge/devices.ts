import { useQuery } from "@tanstack/react-query";
import { commands } from "./bindings";
import { call } from "./call";
import { keys } from "./keys";

/** The devices of this station; asked only where something is read from one. */
export function useDevices(isAsked = true) {
  return useQuery({
    queryKey: keys.devices,
    queryFn: () => call(commands.listDevices()),
    enabled: isAsked,
    retry: false,
  });
}
