import { useTranslation } from "react-i18next";
import { languages } from "../../../texts/texts";
import { ChoiceRow } from "./choice-row";
import { usePreferences } from "./use-preferences";

const choices = languages.map(({ tag, name }) => ({ value: tag as string, text: name, lang: tag }));

export function LanguageChoice() {
  const { t } = useTranslation();
  const { preferences, choose } = usePreferences();
  return (
    <ChoiceRow
      title={t("language.title")}
      name="language"
      value={preferences.language}
      choices={choices}
      onChange={(language) => choose({ language })}
    />
  );
}
