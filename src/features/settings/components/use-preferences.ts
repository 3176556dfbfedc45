import type { Preferences } from "../../../bridge/bindings";
import { useSavePreferences } from "../api/save-preferences";
import { useStationSettings } from "../api/station-settings";

const unchosen: Preferences = { language: "en", theme: "system", density: "comfortable" };

export function usePreferences() {
  const { data } = useStationSettings();
  const save = useSavePreferences();
  const preferences: Preferences = data
    ? { language: data.language, theme: data.theme, density: data.density }
    : unchosen;
  return {
    preferences,
    failure: save.error,
    choose: (change: Partial<Preferences>) => save.mutate({ ...preferences, ...change }),
  };
}
