import { useTranslation } from "react-i18next";
import type { EntryInput, NumberView } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { DeviceAction, DeviceField, TypedNotice } from "./device-field";
import { LimitDecision } from "./limit-decision";
import { NumberField } from "./number-field";
import type { TaskProps } from "./phase-task-view";
import { ScanHeard, useScanFeedback } from "./scan-feedback";
import { TaskFrame } from "./task-frame";
import { useMeasured } from "./use-measured";
import { isOutside, useNumberEntry } from "./use-number-entry";
import { useSentence } from "./use-sentence";

export function NumberTask({ batch, phase, recording, said, isSettling, number }: TaskProps & { number: NumberView }) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const entry = useNumberEntry(batch.id, phase.id);
  const scan = useScanFeedback(null);
  const measured = useMeasured(batch.id, phase.id, number);
  const told = measured.isAsked ? measured.value : null;

  function record(value: string, reason: string | null) {
    const input: EntryInput =
      told === null
        ? { type: "number", text: entry.text, decimalSeparator: entry.decimalSeparator, lot: null }
        : { type: "take_reading", reading: told.id, lot: null };
    const how = { device: told?.device, isTyped: entry.deciding !== null && !isOutside(entry.deciding) };
    recording.start({ entry: input, sentence: sentence(input, value, reason, how), reason });
  }
  const goOn = (value: string) => record(value, null);
  const confirm = () => (told === null ? void entry.confirm(goOn) : entry.settle(told.check, goOn));

  if (entry.deciding !== null) {
    return (
      <LimitDecision
        number={number}
        check={entry.deciding}
        isPending={recording.isPending}
        said={said}
        onReenter={() => {
          recording.forgetFailure();
          measured.forget();
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
        <DeviceAction
          measured={measured}
          confirm={
            <ActionButton
              data-testid="primary-action"
              loading={recording.isPending}
              disabledReason={told === null && entry.text === "" ? t("number.type") : undefined}
              onClick={confirm}
            >
              {t("number.confirm")}
            </ActionButton>
          }
        />
      }
    >
      <ScanHeard scan={scan} />
      <TypedNotice measured={measured} />
      {measured.isAsked ? (
        <DeviceField label={t("number.value")} number={number} measured={measured} />
      ) : (
        <NumberField label={t("number.value")} number={number} entry={entry} onEnter={confirm} />
      )}
    </TaskFrame>
  );
}
