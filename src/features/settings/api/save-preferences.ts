import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands, type Preferences, type StationSettings } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** The screen changes at once; a choice that could not be kept goes back. */
export function useSavePreferences() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (preferences: Preferences) => call(commands.savePreferences(preferences)),
    onMutate: (preferences) => {
      const before = client.getQueryData<StationSettings>(keys.settings);
      if (before) client.setQueryData(keys.settings, { ...before, ...preferences });
      return before;
    },
    onError: (_failure, _preferences, before) => {
      if (before) client.setQueryData(keys.settings, before);
    },
  });
}
