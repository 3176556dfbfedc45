import { useTranslation } from "react-i18next";
import { failureText } from "../../../texts/failure-text";
import { Notice } from "../../../ui/notice";
import { ChoiceRow } from "./choice-row";
import { LanguageChoice } from "./language-choice";
import styles from "./preference-choices.module.css";
import { usePreferences } from "./use-preferences";

/** Language, appearance and size: saved as they are tapped. */
export function PreferenceChoices() {
  const { t } = useTranslation();
  const { preferences, choose, failure } = usePreferences();
  return (
    <div className={styles.choices}>
      <span className={styles.title}>{t("language.title")}</span>
      <LanguageChoice />
      <span className={styles.title}>{t("theme.title")}</span>
      <ChoiceRow
        title={t("theme.title")}
        name="theme"
        value={preferences.theme}
        choices={[
          { value: "system", text: t("theme.system") },
          { value: "light", text: t("theme.light") },
          { value: "dark", text: t("theme.dark") },
        ]}
        onChange={(theme) => choose({ theme })}
      />
      <span className={styles.title}>{t("density.title")}</span>
      <ChoiceRow
        title={t("density.title")}
        name="density"
        value={preferences.density}
        choices={[
          { value: "comfortable", text: t("density.comfortable") },
          { value: "compact", text: t("density.compact") },
        ]}
        onChange={(density) => choose({ density })}
      />
      {failure !== null && (
        <Notice tone="warn" title={t("settings.preferencesFailed")} data-testid="preferences-error">
          {failureText(t, failure)}
        </Notice>
      )}
    </div>
  );
}
