import { IconCircleCheck, IconListDetails } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { BatchView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import styles from "./phase-panel.module.css";
import { type Receipt, ReceiptStrip } from "./receipt-strip";

type Props = { batch: BatchView; receipt: Receipt | null; onPick: () => void };

/** No step is left, or there never was one. */
export function CompletedBatch({ batch, receipt, onPick }: Props) {
  const { t } = useTranslation();
  const isDone =
    batch.recordStatus === "Complete" || (batch.phases.length > 0 && batch.completedPhases >= batch.phases.length);
  const code = batch.blockedCode ?? (batch.phases.length === 0 ? "no_phases" : "unknown");
  return (
    <section className={styles.panel} data-testid="batch-completed" data-done={isDone}>
      <div className={styles.body}>
        {isDone ? (
          <EmptyState icon={IconCircleCheck} title={t("execution.completedTitle")} data-testid="batch-all-done">
            {t("execution.completedHelp")}
          </EmptyState>
        ) : (
          <EmptyState
            icon={IconListDetails}
            title={codedText(t, "batchStatus", batch.status) ?? batch.status}
            data-testid="batch-nothing-to-do"
          >
            {codedText(t, "blocked", code) ?? t("blocked.unknown", { code })}
          </EmptyState>
        )}
      </div>
      <footer className={styles.footer}>
        <div className={styles.said}>{receipt !== null && <ReceiptStrip receipt={receipt} />}</div>
        <div className={styles.action}>
          <ActionButton data-testid="completed-pick" onClick={onPick}>
            {t("execution.toBatches")}
          </ActionButton>
        </div>
      </footer>
    </section>
  );
}
