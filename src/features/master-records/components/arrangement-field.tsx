import { useTranslation } from "react-i18next";
import { ChoiceField } from "./fields";

export function ArrangementField({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <ChoiceField
      path={path}
      label={t("masterFields.arrangement")}
      data={[
        { value: "sequence", label: t("masters.sequence") },
        { value: "parallel", label: t("masters.parallel") },
      ]}
    />
  );
}
