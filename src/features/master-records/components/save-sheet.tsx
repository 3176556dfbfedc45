import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MasterRecordView } from "../../../bridge/bindings";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import { useEditMasterRecord } from "../api/edit-master-record";
import { useMasterRecord } from "../api/master-record";
import styles from "./master-records.module.css";
import type { Editing } from "./use-editing";

type Props = { view: MasterRecordView; editing: Editing; onClose: () => void };

/** Why the draft is changed; when somebody else was faster, nothing typed is lost. */
export function SaveSheet({ view, editing, onClose }: Props) {
  const { t } = useTranslation();
  const save = useEditMasterRecord();
  const { id } = view.record.row;
  const newest = useMasterRecord(id);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isRaceLost = failureCode(save.error) === "changed_meanwhile";

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (reason.trim() === "" || save.isPending) return;
    save.mutate(
      { id, revision: editing.revision, procedure: editing.state.procedure, reason: reason.trim() },
      {
        onSuccess: (saved) => {
          editing.setRevision(saved.record.row.revision);
          editing.dispatch({ type: "saved", procedure: saved.record.procedure });
          onClose();
        },
        // What the other person saved is fetched, and the editor says what can be done about it.
        onError: (failure) => {
          if (failureCode(failure) === "changed_meanwhile") void newest.refetch();
        },
      },
    );
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("masters.save")}
      isKeptOpen={save.isPending}
      data-testid="save-master"
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        {editing.faults.length > 0 && (
          <p className={styles.muted}>{t("masters.savedWithFaults", { count: editing.faults.length })}</p>
        )}
        <ReasonField isFirst value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
        {save.isError && (
          <Notice tone={isRaceLost ? "warn" : "bad"} data-testid="save-error">
            <span data-code={failureCode(save.error)}>
              {isRaceLost ? t("masters.savedMeanwhile") : failureText(t, save.error)}
            </span>
          </Notice>
        )}
        <div className={styles.actions}>
          <ActionButton variant="default" type="button" data-testid="save-cancel" onClick={onClose}>
            {isRaceLost ? t("masters.toText") : t("common.cancel")}
          </ActionButton>
          {!isRaceLost && (
            <ActionButton type="submit" data-testid="save-press" loading={save.isPending}>
              {t("masters.save")}
            </ActionButton>
          )}
        </div>
      </form>
    </Sheet>
  );
}
