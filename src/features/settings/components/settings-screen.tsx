import { useTranslation } from "react-i18next";
import { Page } from "../../../ui/page";
import { SettingsContent } from "./settings-content";

export function SettingsScreen() {
  const { t } = useTranslation();
  return (
    <Page title={t("settings.title")} data-testid="settings">
      <SettingsContent showsDevices />
    </Page>
  );
}
