import { useTranslation } from "react-i18next";
import type { NumberView } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { LimitDecision } from "./limit-decision";
import { NumberField } from "./number-field";
import type { TaskProps } from "./phase-task-view";
import { ScanHeard, useScanFeedback } from "./scan-feedback";
import { TaskFrame } from "./task-frame";
import { useNumberEntry } from "./use-number-entry";
import { useSentence } from "./use-sentence";

export function NumberTask({ batch, phase, recording, said, isSettling, number }: TaskProps & { number: NumberView }) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const entry = useNumberEntry(batch.id, phase.id);
  const scan = useScanFeedback(null);

  function record(value: string, reason: string | null) {
    const input = { type: "number", text: entry.text, decimalSeparator: entry.decimalSeparator, lot: null } as const;
    recording.start({ entry: input, sentence: sentence(input, value, reason), reason });
  }
  const confirm = () => void entry.confirm((value) => record(value, null));

  if (entry.deciding !== null) {
    return (
      <LimitDecision
        number={number}
        check={entry.deciding}
        isPending={recording.isPending}
        said={said}
        onReenter={() => {
          recording.forgetFailure();
          entry.reenter();
        }}
        onKeep={(value, reason) => record(value, reason)}
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
          disabledReason={entry.text === "" ? t("number.type") : undefined}
          onClick={confirm}
        >
          {t("number.confirm")}
        </ActionButton>
      }
    >
      <ScanHeard scan={scan} />
      <NumberField label={t("number.value")} number={number} entry={entry} onEnter={confirm} />
    </TaskFrame>
  );
}
