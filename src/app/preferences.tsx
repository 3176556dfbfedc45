import { MantineProvider } from "@mantine/core";
import { useColorScheme } from "@mantine/hooks";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { I18nextProvider } from "react-i18next";
import { useStationSettings } from "../features/settings/api/station-settings";
import { useStationStatus } from "../features/station/api/station-status";
import { createTexts } from "../texts/texts";
import { FormatContext } from "../ui/formats";
import { cssVariables, theme } from "../ui/theme";

/** Tauri puts the nonce of the window's policy on the page's own style element. */
const styleNonce = () => document.querySelector<HTMLStyleElement>("head > style")?.nonce ?? "";

/** Language, theme and density as the station keeps them, for everything below. */
export function PreferencesProvider({ children, isTest = false }: { children: ReactNode; isTest?: boolean }) {
  const settings = useStationSettings();
  const status = useStationStatus();
  const system = useColorScheme("light", { getInitialValueInEffect: false });
  const language = settings.data?.language ?? "en";
  const density = settings.data?.density ?? "comfortable";
  const chosen = settings.data?.theme ?? "system";
  const timeZone = status.data?.timeZone ?? "UTC";
  const [texts] = useState(() => createTexts(language));
  const formats = useMemo(() => ({ language, timeZone, density }), [language, timeZone, density]);

  useEffect(() => {
    void texts.changeLanguage(language);
    document.documentElement.lang = language;
  }, [texts, language]);
  useEffect(() => {
    document.documentElement.dataset.density = density;
  }, [density]);

  return (
    <I18nextProvider i18n={texts}>
      <FormatContext value={formats}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          forceColorScheme={chosen === "system" ? system : chosen}
          getStyleNonce={styleNonce}
          env={isTest ? "test" : "default"}
        >
          {children}
        </MantineProvider>
      </FormatContext>
    </I18nextProvider>
  );
}
