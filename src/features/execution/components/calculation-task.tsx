import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseTask } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { LimitDecision } from "./limit-decision";
import styles from "./phase-panel.module.css";
import type { TaskProps } from "./phase-task-view";
import { TaskFrame } from "./task-frame";
import { useSentence } from "./use-sentence";

type Props = TaskProps & { task: Extract<PhaseTask, { type: "calculation" }> };

/** The number that the station has calculated; the person confirms it and cannot change it. */
export function CalculationTask({ batch, phase, recording, said, isSettling, task }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const sentence = useSentence(batch, phase);
  const [isDeciding, setDeciding] = useState(false);
  const entry = { type: "calculate" } as const;
  const { result, check } = task;
  const record = (reason: string | null) =>
    recording.start({ entry, sentence: sentence(entry, result, reason), reason });

  if (isDeciding && result !== null) {
    return (
      <LimitDecision
        number={task.number}
        check={{ value: result, check, problem: null, position: null, needsSecondLook: false }}
        isPending={recording.isPending}
        said={said}
        onReenter={() => {
          recording.forgetFailure();
          setDeciding(false);
        }}
        onKeep={(_, reason) => record(reason)}
      />
    );
  }
  return (
    <TaskFrame
      said={said}
      isSettling={isSettling}
      action={
        <ActionButton
          data-testid="primary-action"
          loading={recording.isPending}
          disabledReason={result === null ? t("calculation.missing") : undefined}
          onClick={() => (check === "within" ? record(null) : setDeciding(true))}
        >
          {t("calculation.record")}
        </ActionButton>
      }
    >
      <dl className={styles.facts}>
        <dt>{t("calculation.expression")}</dt>
        <dd data-testid="calculation-expression">{task.expression}</dd>
        <dt>{t("calculation.result")}</dt>
        <dd data-testid="calculation-result">
          {result === null ? t("calculation.none") : `${formats.number(result)} ${task.number.unit}`}
        </dd>
      </dl>
    </TaskFrame>
  );
}
