import { MultiSelect, Select, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviationView, Disposition } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { failureCode, failureText } from "../../../texts/failure-text";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import { useBatchChoices } from "../api/batch-choices";
import { useEditDeviation } from "../api/edit-deviation";
import styles from "./deviations.module.css";
import { FormActions } from "./form-actions";
import { dispositions } from "./words";

const fields = [
  ["immediateAction", "deviations.immediateAction"],
  ["investigation", "deviations.investigation"],
  ["rootCause", "deviations.rootCause"],
  ["impactAssessment", "deviations.impact"],
] as const;

/** What was found out, whole: it comes in the place of what was written before. */
export function EditSheet({ view, onClose }: { view: DeviationView; onClose: () => void }) {
  const { t } = useTranslation();
  const edit = useEditDeviation();
  const batches = useBatchChoices();
  const { row, content } = view.record;
  const [written, setWritten] = useState({
    immediateAction: content.immediate_action,
    investigation: content.investigation,
    rootCause: content.root_cause,
    impactAssessment: content.impact_assessment,
    dispositionReason: content.disposition_reason,
    noCapaReason: content.no_capa_reason,
  });
  const [affected, setAffected] = useState<string[]>(content.affected_batches);
  const [disposition, setDisposition] = useState<Disposition | null>(content.disposition);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const write = (field: keyof typeof written) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setWritten((before) => ({ ...before, [field]: value === "" ? null : value }));
  };

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (reason.trim() === "" || edit.isPending) return;
    edit.mutate(
      { id: row.id, version: row.version, ...written, affectedBatches: affected, disposition, reason },
      { onSuccess: onClose },
    );
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("deviations.write")}
      isKeptOpen={edit.isPending}
      data-testid="edit-sheet"
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        {fields.map(([field, label]) => (
          <Textarea
            key={field}
            label={t(label)}
            rows={field === "investigation" ? 4 : 2}
            maxLength={4000}
            data-testid={`edit-${field}`}
            value={written[field] ?? ""}
            onChange={write(field)}
          />
        ))}
        <MultiSelect
          label={t("deviations.affected")}
          description={t("deviations.affectedHelp")}
          data={batches.filter(({ value }) => value !== row.batch_id)}
          searchable
          nothingFoundMessage={t("users.nothingFound")}
          data-testid="edit-affected"
          value={affected}
          onChange={setAffected}
        />
        <Select
          label={t("deviations.disposition")}
          description={t("deviations.dispositionHelp")}
          data={dispositions.map((one) => ({ value: one, label: codedText(t, "disposition", one) ?? one }))}
          clearable
          clearButtonProps={{ "aria-label": t("deviations.disposition") }}
          data-testid="edit-disposition"
          value={disposition}
          onChange={(one) => setDisposition(one as Disposition | null)}
        />
        <Textarea
          label={t("deviations.dispositionReason")}
          rows={2}
          maxLength={4000}
          data-testid="edit-dispositionReason"
          value={written.dispositionReason ?? ""}
          onChange={write("dispositionReason")}
        />
        <Textarea
          label={t("deviations.noCapaReason")}
          description={t("deviations.noCapaHelp")}
          rows={2}
          maxLength={4000}
          data-testid="edit-noCapaReason"
          value={written.noCapaReason ?? ""}
          onChange={write("noCapaReason")}
        />
        <ReasonField value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
        {edit.isError && (
          <Notice tone="bad" data-testid="edit-error">
            <span data-code={failureCode(edit.error)}>{failureText(t, edit.error)}</span>
          </Notice>
        )}
        <FormActions id="edit" save={t("deviations.save")} isPending={edit.isPending} onCancel={onClose} />
      </form>
    </Sheet>
  );
}
