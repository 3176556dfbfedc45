import { Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";

type Props = { value: string; onChange: (reason: string) => void; isMissing: boolean; isFirst?: boolean };

/** Why something is changed: the trail keeps it beside the change. */
export function ReasonField({ value, onChange, isMissing, isFirst = false }: Props) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={t("administration.reason")}
      description={t("administration.reasonHelp")}
      size="md"
      inputWrapperOrder={["label", "input", "description", "error"]}
      rows={3}
      data-autofocus={isFirst || undefined}
      maxLength={500}
      data-testid="change-reason"
      error={isMissing ? t("errors.change_reason_required") : undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
