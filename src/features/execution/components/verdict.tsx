import { IconAlertTriangle, IconCheck, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { NumberView } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import styles from "./number-field.module.css";
import type { NumberEntry } from "./use-number-entry";

/** What the station says about the number, in one word with its icon. */
export function Verdict({ number, entry }: { number: NumberView; entry: NumberEntry }) {
  const { t } = useTranslation();
  const { answer, failure } = entry;
  const problem = answer?.problem ?? null;
  const check = answer?.check ?? null;
  const isOutside = check === "below" || check === "above";
  const isWrong = failure !== null || problem !== null || isOutside;
  const rule = number.places === 0 ? t("number.whole") : t("number.places", { count: number.places });

  function words(): string {
    if (failure !== null) return failureText(t, failure);
    if (problem === "too_many_places") return t("number.too_many_places", { rule });
    if (problem === "too_many_digits") return t("number.too_many_digits");
    if (problem === "not_a_number") return t("number.not_a_number");
    if (problem !== null) return t("number.problemUnknown");
    if (check !== null) return t(`number.${check}`);
    return `${t("number.enter")} · ${rule}`;
  }

  const Icon = isWrong ? IconAlertTriangle : check === "within" ? IconCheck : IconInfoCircle;
  return (
    <p
      className={styles.verdict}
      id="number-verdict"
      role="status"
      data-tone={isWrong ? "warn" : undefined}
      data-check={check ?? "none"}
      data-problem={problem ?? undefined}
      data-testid="verdict"
    >
      <Icon size={22} aria-hidden />
      {words()}
    </p>
  );
}
