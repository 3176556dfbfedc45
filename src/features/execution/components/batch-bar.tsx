import { useTranslation } from "react-i18next";
import type { BatchView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { BatchActions } from "./batch-actions";
import styles from "./execution-screen.module.css";
import { LeaseMark } from "./lease-mark";

type Props = { batch: BatchView; currentNumber: number | null; isOffline: boolean; onReview: () => void };

/** Which batch this is, how far it has come, and what is done to the whole of it. */
export function BatchBar({ batch, currentNumber, isOffline, onReview }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const count = batch.phases.length;
  const done = batch.completedPhases;
  const isNormal = batch.status === "In Progress" || batch.status === "Planned";
  return (
    <div className={styles.bar}>
      <h1 data-testid="batch-number">{batch.number}</h1>
      <span className={styles.product} data-testid="batch-product">
        {batch.product} · {t("execution.batchOf", { quantity: formats.number(batch.quantity), unit: batch.unit })}
      </span>
      {!isNormal && (
        <span className={styles.status} data-testid="batch-status" data-status={batch.status}>
          {codedText(t, "batchStatus", batch.status) ?? batch.status}
        </span>
      )}
      <LeaseMark batch={batch} isOffline={isOffline} />
      <span className={styles.step} data-testid="batch-step">
        {currentNumber === null
          ? t("execution.doneOf", { done, count })
          : t("execution.stepOf", { number: currentNumber, count })}
      </span>
      <div
        className={styles.progress}
        role="progressbar"
        aria-label={t("batches.progress")}
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={Math.max(1, count)}
        data-testid="batch-progress"
      >
        <span style={{ width: `${count === 0 ? 0 : (done / count) * 100}%` }} />
      </div>
      <BatchActions batch={batch} isOffline={isOffline} onReview={onReview} />
    </div>
  );
}
