import { useTranslation } from "react-i18next";
import type { BatchView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { Notice } from "../../../ui/notice";
import styles from "./execution-screen.module.css";

/** What stands in the way of the whole batch. */
export function BatchNotice({ batch, canExecute }: { batch: BatchView; canExecute: boolean }) {
  const { t } = useTranslation();
  if (batch.holdReason !== null) {
    return (
      <div className={styles.notice}>
        <Notice tone="warn" title={t("execution.hold", { reason: batch.holdReason })} data-testid="batch-hold">
          {batch.status === "On Hold" && t("blocked.batch_on_hold")}
        </Notice>
      </div>
    );
  }
  if (batch.blockedCode !== null && batch.nextPhaseId !== null) {
    return (
      <div className={styles.notice}>
        <Notice tone="warn" data-testid="batch-blocked">
          {codedText(t, "blocked", batch.blockedCode) ?? t("blocked.unknown", { code: batch.blockedCode })}
        </Notice>
      </div>
    );
  }
  if (canExecute) return null;
  return (
    <div className={styles.notice}>
      <Notice tone="calm" data-testid="batch-read-only">
        {t("execution.notAllowed")}
      </Notice>
    </div>
  );
}
