import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** The station says when its status changed; asking now and then covers a message lost while the window loaded. */
export function useStationStatus() {
  return useQuery({
    queryKey: keys.status,
    queryFn: () => call(commands.stationStatus()),
    refetchInterval: ({ state }) => (state.data?.stage.type === "ready" ? 10_000 : 700),
    retry: false,
  });
}
