import { Select, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Severity } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { failureText } from "../../../texts/failure-text";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { useBatchChoices } from "../api/batch-choices";
import { useReportDeviation } from "../api/report-deviation";
import styles from "./deviations.module.css";
import { FormActions } from "./form-actions";
import { severities } from "./words";

type Props = { onClose: () => void; onReported: (id: string) => void };

/** What a person saw and no value shows. */
export function ReportSheet({ onClose, onReported }: Props) {
  const { t } = useTranslation();
  const report = useReportDeviation();
  const batches = useBatchChoices();
  const [batch, setBatch] = useState<string | null>(null);
  const [severity, setSeverity] = useState<Severity>("Medium");
  const [description, setDescription] = useState("");
  const [action, setAction] = useState("");
  const [isTried, setTried] = useState(false);
  const [requestKey] = useState(() => crypto.randomUUID());
  const isMissing = description.trim() === "";

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (isMissing || report.isPending) return;
    report.mutate(
      {
        batchId: batch,
        severity,
        description,
        immediateAction: action.trim() === "" ? null : action,
        requestKey,
      },
      { onSuccess: (view) => onReported(view.record.row.id) },
    );
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("deviations.report")}
      isKeptOpen={report.isPending}
      data-testid="report-sheet"
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        <Textarea
          label={t("deviations.what")}
          description={t("deviations.whatHelp")}
          rows={4}
          data-autofocus
          maxLength={4000}
          data-testid="report-description"
          error={isTried && isMissing ? t("plant.required") : undefined}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Select
          label={t("deviations.batch")}
          description={t("deviations.batchHelp")}
          data={batches}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t("deviations.noBatch") }}
          nothingFoundMessage={t("users.nothingFound")}
          data-testid="report-batch"
          value={batch}
          onChange={setBatch}
        />
        <Select
          label={t("deviations.severity")}
          description={t("deviations.severityHelp")}
          data={severities.map((one) => ({ value: one, label: codedText(t, "severity", one) ?? one }))}
          allowDeselect={false}
          data-testid="report-severity"
          value={severity}
          onChange={(one) => setSeverity((one ?? "Medium") as Severity)}
        />
        <Textarea
          label={t("deviations.immediateAction")}
          rows={2}
          maxLength={4000}
          data-testid="report-action"
          value={action}
          onChange={(event) => setAction(event.currentTarget.value)}
        />
        {report.isError && (
          <Notice tone="bad" data-testid="report-error">
            {failureText(t, report.error)}
          </Notice>
        )}
        <FormActions id="report" save={t("deviations.report")} isPending={report.isPending} onCancel={onClose} />
      </form>
    </Sheet>
  );
}
