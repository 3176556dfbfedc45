import { useTranslation } from "react-i18next";
import type { ReviewView } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { useWriteDocuments } from "../api/write-documents";
import styles from "./reviews.module.css";

type Props = { view: ReviewView; isOffline: boolean; onClose: () => void };

/** Writes what proves the decision, and says where the files lie. */
export function DocumentsSheet({ view, isOffline, onClose }: Props) {
  const { t } = useTranslation();
  const writing = useWriteDocuments();
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("reviews.documentsTitle", { number: view.number })}
      isKeptOpen={writing.isPending}
      data-testid="review-documents-sheet"
    >
      <div className={styles.form}>
        <p>{t("reviews.documentsHelp")}</p>
        {writing.isSuccess && (
          <Notice tone="done" title={t("reviews.documentsWritten")} data-testid="review-documents-written">
            <ul className={styles.files}>
              {writing.data.files.map((file) => (
                <li key={file} data-testid="review-document">
                  {file}
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {writing.isError && (
          <Notice tone="bad" data-testid="review-documents-failed">
            {failureText(t, writing.error)}
          </Notice>
        )}
        <ActionButton
          fullWidth
          disabledReason={isOffline ? t("reviews.documentsOffline") : undefined}
          loading={writing.isPending}
          data-testid="review-documents-write"
          onClick={() => writing.mutate(view.batchId)}
        >
          {t("reviews.documentsWrite")}
        </ActionButton>
      </div>
    </Sheet>
  );
}
