import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { NumberCheck, NumberView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import { Decision } from "./decision";
import { isOutside } from "./use-number-entry";

type Props = {
  number: NumberView;
  check: NumberCheck;
  isPending: boolean;
  said: ReactNode;
  onReenter: () => void;
  onKeep: (value: string, reason: string) => void;
};

/** A value outside its limits, or typed where it should not be: entered again, or kept with a reason. */
export function LimitDecision({ number, check, isPending, said, onReenter, onKeep }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const value = formats.number(check.value ?? "");
  const { unit } = number;
  const low = number.low === null ? null : formats.number(number.low);
  const high = number.high === null ? null : formats.number(number.high);

  const isTyped = !isOutside(check);

  function statement(): string {
    if (isTyped && number.device !== null) return t("decision.typed", { value, unit });
    if (isTyped) return t("decision.implausible", { value, unit });
    if (check.check === "below" && low !== null) return t("decision.below", { value, unit, limit: low });
    if (check.check === "above" && high !== null) return t("decision.above", { value, unit, limit: high });
    return t("decision.outside", { value, unit });
  }

  return (
    <Decision
      statement={statement()}
      question={isTyped ? t("decision.typedQuestion") : t("decision.question")}
      back={t("decision.reenter")}
      keep={isTyped ? t("decision.keepTyped", { value, unit }) : t("decision.keep", { value, unit })}
      isPending={isPending}
      said={said}
      onBack={onReenter}
      onKeep={(reason) => onKeep(check.value ?? "", reason)}
    />
  );
}
