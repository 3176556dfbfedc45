import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands, type SaveSettings } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useSaveSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (settings: SaveSettings) => call(commands.saveSettings(settings)),
    onSuccess: (settings) => {
      client.setQueryData(keys.settings, settings);
      return client.invalidateQueries({ queryKey: keys.status });
    },
    gcTime: 0,
  });
}
