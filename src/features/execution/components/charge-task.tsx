import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBarcode } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntryInput, PhaseTask } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { useResourceCheck } from "../api/check-resource";
import { DeviceAction, DeviceField, TypedNotice } from "./device-field";
import { LimitDecision } from "./limit-decision";
import { NumberField } from "./number-field";
import styles from "./phase-panel.module.css";
import type { TaskProps } from "./phase-task-view";
import { ResourceNotice } from "./resource-notice";
import { ScanHeard, useScanFeedback } from "./scan-feedback";
import { TaskFrame } from "./task-frame";
import { useMeasured } from "./use-measured";
import { isOutside, useNumberEntry } from "./use-number-entry";
import { useSentence } from "./use-sentence";

type Props = TaskProps & { task: Extract<PhaseTask, { type: "material_charge" }> };

/** The lot by scan or by hand, then the quantity that was charged. */
export function ChargeTask({ batch, phase, recording, said, isSettling, task }: Props) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const entry = useNumberEntry(batch.id, phase.id);
  const [lot, setLot] = useState("");
  const scan = useScanFeedback(setLot);
  const measured = useMeasured(batch.id, phase.id, task.number);
  const told = measured.isAsked ? measured.value : null;
  const given = lot.trim();
  const hasLot = given !== "";
  const [asked] = useDebouncedValue(given, 250);
  const check = useResourceCheck(batch.id, phase.id, asked);
  const refused = asked === given && (check.data?.refusal ?? null) !== null;

  function missing(): string | undefined {
    const hasNumber = told !== null || entry.text !== "";
    if (!hasLot && !hasNumber) return t("charge.both");
    if (!hasLot) return t("charge.lotMissing");
    if (refused) return t("charge.lotRefused");
    return hasNumber ? undefined : t("number.type");
  }
  function record(value: string, reason: string | null) {
    const { text, decimalSeparator } = entry;
    const input: EntryInput =
      told === null
        ? { type: "number", text, decimalSeparator, lot: given }
        : { type: "take_reading", reading: told.id, lot: given };
    const how = { device: told?.device, isTyped: entry.deciding !== null && !isOutside(entry.deciding) };
    recording.start({ entry: input, sentence: sentence(input, value, reason, how), reason });
  }
  const goOn = (value: string) => record(value, null);
  const confirm = () => {
    if (missing() !== undefined) return;
    if (told === null) void entry.confirm(goOn);
    else entry.settle(told.check, goOn);
  };

  if (entry.deciding !== null) {
    return (
      <LimitDecision
        number={task.number}
        check={entry.deciding}
        isPending={recording.isPending}
        said={said}
        onReenter={() => {
          recording.forgetFailure();
          measured.forget();
          entry.reenter();
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
          measured={measured}
          confirm={
            <ActionButton
              data-testid="primary-action"
              loading={recording.isPending}
              disabledReason={missing()}
              onClick={confirm}
            >
              {t("number.confirmQuantity")}
            </ActionButton>
          }
        />
      }
    >
      <div className={styles.charge}>
        <div className={styles.material}>
          <span data-testid="charge-material">
            {task.material} · {task.materialCode}
          </span>
          {scan === null ? <small>{t("charge.lotHelp")}</small> : <ScanHeard scan={scan} />}
        </div>
        <TextInput
          label={t("charge.lot")}
          aria-description={t("charge.lotHelp")}
          leftSection={<IconBarcode size={22} aria-hidden />}
          autoComplete="off"
          spellCheck={false}
          data-testid="charge-lot"
          value={lot}
          onChange={(event) => setLot(event.currentTarget.value)}
        />
      </div>
      {refused && <ResourceNotice check={check.data} />}
      <TypedNotice measured={measured} />
      {measured.isAsked ? (
        <DeviceField label={t("number.quantity")} number={task.number} measured={measured} />
      ) : (
        <NumberField
          label={t("number.quantity")}
          number={task.number}
          entry={entry}
          onEnter={confirm}
          takesFocus={scan?.isAccepted ?? false}
        />
      )}
    </TaskFrame>
  );
}
