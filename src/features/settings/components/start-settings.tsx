import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { Page } from "../../../ui/page";
import { SettingsContent } from "./settings-content";

/** The connection settings before anyone has signed in. */
export function StartSettings({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <main data-testid="start-settings">
      <Page
        title={t("settings.title")}
        isBesideCorner
        actions={
          <ActionButton variant="default" data-testid="settings-back" onClick={onBack}>
            {t("common.back")}
          </ActionButton>
        }
      >
        <SettingsContent onSaved={onBack} />
      </Page>
    </main>
  );
}
