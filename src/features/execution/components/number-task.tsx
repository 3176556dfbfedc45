import { useTranslation } from "react-i18next";
import type { NumberView } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { DeviceAction } from "./device-field";
import { LimitDecision } from "./limit-decision";
import { NumberSourceField } from "./number-source-field";
import type { TaskProps } from "./phase-task-view";
import { ScanHeard, useScanFeedback } from "./scan-feedback";
import { TaskFrame } from "./task-frame";
import { useNumberSource } from "./use-number-source";
import { useSentence } from "./use-sentence";

export function NumberTask({ batch, phase, recording, said, isSettling, number }: TaskProps & { number: NumberView }) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const source = useNumberSource(batch.id, phase.id, number);
  const scan = useScanFeedback(null);

  function record(value: string, reason: string | null) {
    const entry = source.input(null);
    recording.start({ entry, sentence: sentence(entry, value, reason, source.how), reason });
  }
  const confirm = () => source.confirm((value) => record(value, null));

  if (source.deciding !== null) {
    return (
      <LimitDecision
        number={number}
        check={source.deciding}
        isPending={recording.isPending}
        said={said}
        onReenter={() => {
          recording.forgetFailure();
          source.reenter();
        }}
        onKeep={record}
      />
    );
  }
  return (
    <TaskFrame
      said={said}
      isSettling={isSettling}
      action={
        <DeviceAction
          measured={source.measured}
          confirm={
            <ActionButton
              data-testid="primary-action"
              loading={recording.isPending}
              disabledReason={source.hasNumber ? undefined : t("number.type")}
              onClick={confirm}
            >
              {t("number.confirm")}
            </ActionButton>
          }
        />
      }
    >
      <ScanHeard scan={scan} />
      <NumberSourceField label={t("number.value")} number={number} source={source} onEnter={confirm} />
    </TaskFrame>
  );
}
