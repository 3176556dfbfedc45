import { Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type {
  DeviationStepView,
  DeviationView,
  Severity,
  SignatureInput,
  SignedInPerson,
} from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { StepSheet } from "../../../ui/step-sheet";
import { useTakeDeviationStep } from "../api/take-deviation-step";
import { severities } from "./words";

type Props = { view: DeviationView; taken: DeviationStepView; person: SignedInPerson; onClose: () => void };

/** One step of a deviation: why, and the signature where the step has one. */
export function DeviationStepSheet({ view, taken, person, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const take = useTakeDeviationStep();
  const { row, content, content_hash: contentHash } = view.record;
  const { step, meaning } = taken;
  const [severity, setSeverity] = useState<Severity>(row.severity);
  const disposition = content.disposition === null ? "" : (codedText(t, "disposition", content.disposition) ?? "");
  const sentence = codedText(t, "deviationSentences", step, { record: row.code, disposition }) ?? "";

  function send(reason: string, signature: SignatureInput | null, done: () => void) {
    take.mutate(
      {
        id: row.id,
        version: row.version,
        step,
        reason,
        severity: step === "change_severity" ? severity : null,
        signature: signature && { contentHash, shownText: sentence, language: i18n.language, ...signature },
      },
      { onSuccess: done },
    );
  }

  return (
    <StepSheet
      title={codedText(t, "deviationSteps", step) ?? step}
      sentence={sentence}
      meaning={meaning}
      person={person}
      isWhole={step !== "change_severity" || severity !== row.severity}
      isPending={take.isPending}
      failure={take.error}
      onTake={send}
      onClose={onClose}
    >
      {step === "change_severity" && (
        <Select
          label={t("deviations.severity")}
          description={t("deviations.severityHelp")}
          data={severities.map((one) => ({ value: one, label: codedText(t, "severity", one) ?? one }))}
          allowDeselect={false}
          data-testid="step-severity"
          value={severity}
          onChange={(one) => setSeverity((one ?? row.severity) as Severity)}
        />
      )}
    </StepSheet>
  );
}
