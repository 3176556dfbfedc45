import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MasterRecordView } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import { useCreateMasterRecord } from "../api/create-master-record";
import styles from "./master-records.module.css";

type Props = { view: MasterRecordView; onClose: () => void; onMade: (id: string) => void };

/** Begins a draft with the content of a version; what is effective stays so. */
export function NewVersionSheet({ view, onClose, onMade }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const create = useCreateMasterRecord();
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const [requestKey] = useState(() => crypto.randomUUID());
  const { row, procedure } = view.record;
  const isMissing = reason.trim() === "";

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (isMissing) return;
    create.mutate(
      { procedure, basedOn: row.id, reason, requestKey },
      { onSuccess: (made) => onMade(made.record.row.id) },
    );
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("masters.newVersion")}
      isKeptOpen={create.isPending}
      data-testid="new-version"
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        <p>{t("masters.newVersionHelp", { product: row.product, version: formats.count(row.version) })}</p>
        <ReasonField isFirst value={reason} onChange={setReason} isMissing={isTried && isMissing} />
        {create.isError && (
          <Notice tone="bad" data-testid="new-version-error">
            {failureText(t, create.error)}
          </Notice>
        )}
        <div className={styles.actions}>
          <ActionButton variant="default" type="button" data-testid="new-version-cancel" onClick={onClose}>
            {t("common.cancel")}
          </ActionButton>
          <ActionButton type="submit" data-testid="new-version-save" loading={create.isPending}>
            {t("masters.begin")}
          </ActionButton>
        </div>
      </form>
    </Sheet>
  );
}
