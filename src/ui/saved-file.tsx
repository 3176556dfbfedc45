import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { EntryView, MediaType } from "../bridge/bindings";
import { useSaveAttachment } from "../bridge/save-attachment";
import { failureCode, failureText } from "../texts/failure-text";
import { ActionButton } from "./action-button";
import { Notice } from "./notice";
import styles from "./saved-file.module.css";

/** The names that people know; they are the same in every language. */
const known: Record<MediaType, string> = {
  "application/pdf": "PDF",
  "image/png": "PNG",
  "image/jpeg": "JPEG",
  "application/zip": "ZIP",
};

type Props = { batchId: string; entry: EntryView };

/** The file of an entry: what it is, and the way to have it, under a name that the station makes. */
export function SavedFile({ batchId, entry }: Props) {
  const { t } = useTranslation();
  const saving = useSaveAttachment(batchId, entry.operationId);
  const { file } = entry;
  if (file === null) return null;
  const size = Math.max(1, Math.round(file.sizeBytes / 1024));
  return (
    <div className={styles.file} data-testid="entry-file">
      <p className={styles.facts}>
        {t("attachment.facts", { type: known[file.mediaType], size, hash: file.sha256.slice(0, 12) })}
      </p>
      <ActionButton
        variant="default"
        leftSection={<IconDownload size={20} aria-hidden />}
        loading={saving.isPending}
        data-testid="entry-file-save"
        onClick={() => saving.mutate()}
      >
        {t("attachment.save")}
      </ActionButton>
      {saving.isSuccess && (
        <Notice tone="done" title={t("attachment.saved")} data-testid="entry-file-saved">
          {saving.data.path}
        </Notice>
      )}
      {saving.isError && (
        <Notice tone="bad" data-testid="entry-file-failed">
          <span data-code={failureCode(saving.error)}>{failureText(t, saving.error)}</span>
        </Notice>
      )}
    </div>
  );
}
