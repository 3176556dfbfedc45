import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { NumberCheck, NumberView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import { Decision } from "./decision";

type Props = {
  number: NumberView;
  check: NumberCheck;
  isPending: boolean;
  said: ReactNode;
  onReenter: () => void;
  onKeep: (value: string, reason: string) => void;
};

/** A value outside its limits: read again, or kept with a reason and a deviation. */
export function LimitDecision({ number, check, isPending, said, onReenter, onKeep }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const value = formats.number(check.value ?? "");
  const { unit } = number;
  const low = number.low === null ? null : formats.number(number.low);
  const high = number.high === null ? null : formats.number(number.high);

  function statement(): string {
    if (check.check === "below" && low !== null) return t("decision.below", { value, unit, limit: low });
    if (check.check === "above" && high !== null) return t("decision.above", { value, unit, limit: high });
    return t("decision.outside", { value, unit });
  }

  return (
    <Decision
      statement={statement()}
      question={t("decision.question")}
      back={t("decision.reenter")}
      keep={t("decision.keep", { value, unit })}
      isPending={isPending}
      said={said}
      onBack={onReenter}
      onKeep={(reason) => onKeep(check.value ?? "", reason)}
    />
  );
}
