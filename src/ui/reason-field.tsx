import { Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";

type Props = { value: string; onChange: (reason: string) => void; isMissing: boolean };

/** Why something is changed: the trail keeps it beside the change. */
export function ReasonField({ value, onChange, isMissing }: Props) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={t("administration.reason")}
      description={t("administration.reasonHelp")}
      size="md"
      inputWrapperOrder={["label", "input", "description", "error"]}
      rows={3}
      maxLength={500}
      data-testid="change-reason"
      error={isMissing ? t("errors.change_reason_required") : undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
