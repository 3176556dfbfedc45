import { useTranslation } from "react-i18next";
import type { BatchView } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { useWriteBatchRecord } from "../api/write-batch-record";
import styles from "./batch-record-sheet.module.css";

type Props = { batch: BatchView; isOffline: boolean; onClose: () => void };

/** Writes the batch's record as it is now, printed and as JSON, and says where the files lie. */
export function BatchRecordSheet({ batch, isOffline, onClose }: Props) {
  const { t } = useTranslation();
  const writing = useWriteBatchRecord();
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("batchRecord.of", { number: batch.number })}
      isKeptOpen={writing.isPending}
      data-testid="batch-record-sheet"
    >
      <div className={styles.content}>
        <p>{t("batchRecord.help")}</p>
        {writing.isSuccess && (
          <Notice tone="done" title={t("batchRecord.written")} data-testid="batch-record-written">
            <dl className={styles.files}>
              <dt>{t("batchRecord.printed")}</dt>
              <dd data-testid="batch-record-pdf">{writing.data.pdf}</dd>
              <dt>{t("batchRecord.json")}</dt>
              <dd data-testid="batch-record-json">{writing.data.json}</dd>
              <dt>{t("batchRecord.hash")}</dt>
              <dd>{writing.data.recordSha256}</dd>
            </dl>
          </Notice>
        )}
        {writing.isError && (
          <Notice tone="bad" data-testid="batch-record-failed">
            {failureText(t, writing.error)}
          </Notice>
        )}
        {isOffline && (
          <Notice tone="calm" data-testid="batch-record-offline">
            {t("batchRecord.offline")}
          </Notice>
        )}
        <ActionButton
          fullWidth
          disabled={isOffline}
          loading={writing.isPending}
          data-testid="batch-record-write"
          onClick={() => writing.mutate(batch.id)}
        >
          {t("batchRecord.write")}
        </ActionButton>
      </div>
    </Sheet>
  );
}
