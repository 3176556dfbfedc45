import { useTranslation } from "react-i18next";
import type { NumberView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import styles from "./number-field.module.css";

/** The limits and the target of a number, in words. */
export function LimitsText({ number }: { number: NumberView }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { low, high, target, unit } = number;
  const shown = (limit: string) => formats.number(limit);
  function limits(): string {
    if (low !== null && high !== null) return t("number.limitsBetween", { low: shown(low), high: shown(high), unit });
    if (low !== null) return t("number.limitsFrom", { low: shown(low), unit });
    return high === null ? t("number.noLimits") : t("number.limitsTo", { high: shown(high), unit });
  }
  return (
    <p className={styles.limits} id="number-limits" data-testid="number-limits">
      {limits()}
      {target !== null && ` · ${t("number.target", { value: shown(target), unit })}`}
    </p>
  );
}
