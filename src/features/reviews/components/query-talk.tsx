import { useTranslation } from "react-i18next";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import type { Line } from "./lines";
import type { Sheet } from "./review-sheets";
import styles from "./reviews.module.css";

export type QueryLine = Extract<Line, { type: "query" }>;

type Props = { line: QueryLine; isOffline: boolean; onOpen: (sheet: Sheet) => void };

/** A question, its answer and who closed it. */
export function QueryTalk({ line, isOffline, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { query, step } = line.item;
  const said = (name: string, time: string | null | undefined) => ({ name, time: time ? formats.dateTime(time) : "" });
  const refusal = step?.refusal ? (codedText(t, "errors", step.refusal) ?? step.refusal) : undefined;
  return (
    <div className={styles.talk} data-testid="review-query">
      <h2>{t("reviews.query", { number: formats.count(query.number) })}</h2>
      <blockquote>
        <p data-selectable>{query.question}</p>
        <footer>{t("reviews.asked", said(query.asked_by.name, query.asked_at))}</footer>
      </blockquote>
      {query.answer && query.answered_by && (
        <blockquote>
          <p data-selectable>{query.answer}</p>
          <footer>{t("reviews.answered", said(query.answered_by.name, query.answered_at))}</footer>
        </blockquote>
      )}
      {query.closed_by && (
        <p className={styles.muted}>{t("reviews.closed", said(query.closed_by.name, query.closed_at))}</p>
      )}
      {step !== null && (
        <div>
          <ActionButton
            data-testid={`review-step-${step.step}`}
            disabledReason={isOffline ? t("administration.offline") : refusal}
            onClick={() => onOpen(step.step === "answer" ? { type: "answer", line } : { type: "sign", step, line })}
          >
            {codedText(t, "reviewSteps", step.step) ?? step.step}
          </ActionButton>
        </div>
      )}
    </div>
  );
}
