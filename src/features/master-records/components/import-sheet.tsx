import { FileInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import { useImportMasterRecord } from "../api/import-master-record";
import { FaultList } from "./fault-list";
import styles from "./master-records.module.css";

type Props = { onClose: () => void; onMade: (id: string) => void };

/** Makes a draft of a file; a file with faults is not taken, and every fault is named with its place. */
export function ImportSheet({ onClose, onMade }: Props) {
  const { t } = useTranslation();
  const importing = useImportMasterRecord();
  const [file, setFile] = useState<File | null>(null);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const [isUnreadable, setUnreadable] = useState(false);
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const faults = importing.data?.record === null ? importing.data.faults : [];

  function choose(next: File | null) {
    setFile(next);
    setUnreadable(false);
    setRequestKey(crypto.randomUUID());
    importing.reset();
  }
  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (file === null || reason.trim() === "" || importing.isPending) return;
    const text = await file.text().catch(() => null);
    setUnreadable(text === null);
    if (text === null) return;
    importing.mutate(
      { file: text, reason, requestKey },
      { onSuccess: ({ record }) => record !== null && onMade(record.record.row.id) },
    );
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("masters.importTitle")}
      isKeptOpen={importing.isPending}
      data-testid="import-master"
    >
      <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        <p className={styles.muted}>{t("masters.importHelp")}</p>
        <FileInput
          label={t("masters.file")}
          placeholder={t("masters.chooseFile")}
          accept=".json,application/json"
          clearable
          clearButtonProps={{ "aria-label": t("masters.noFile") }}
          error={isTried && file === null ? t("masters.fileMissing") : undefined}
          fileInputProps={{ "aria-label": t("masters.file"), "data-testid": "import-file" } as object}
          value={file}
          onChange={choose}
        />
        <ReasonField value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
        {(importing.isError || isUnreadable) && (
          <Notice tone="bad" data-testid="import-error">
            {isUnreadable ? t("masters.fileUnreadable") : failureText(t, importing.error)}
          </Notice>
        )}
        {faults.length > 0 && (
          <Notice tone="bad" title={t("masters.importRefused", { count: faults.length })} data-testid="import-refused">
            {t("masters.nothingImported")}
          </Notice>
        )}
        <FaultList faults={faults} />
        <div className={styles.actions}>
          <ActionButton variant="default" type="button" data-testid="import-cancel" onClick={onClose}>
            {t("common.cancel")}
          </ActionButton>
          <ActionButton type="submit" data-testid="import-save" loading={importing.isPending}>
            {t("masters.importPress")}
          </ActionButton>
        </div>
      </form>
    </Sheet>
  );
}
