import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBarcode } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseTask } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { useResourceCheck } from "../api/check-resource";
import { DeviceAction } from "./device-field";
import { LimitDecision } from "./limit-decision";
import { NumberSourceField } from "./number-source-field";
import styles from "./phase-panel.module.css";
import type { TaskProps } from "./phase-task-view";
import { ResourceNotice } from "./resource-notice";
import { ScanHeard, useScanFeedback } from "./scan-feedback";
import { TaskFrame } from "./task-frame";
import { useNumberSource } from "./use-number-source";
import { useSentence } from "./use-sentence";

type Props = TaskProps & { task: Extract<PhaseTask, { type: "material_charge" }> };

/** The lot by scan or by hand, then the quantity that was charged. */
export function ChargeTask({ batch, phase, recording, said, isSettling, task }: Props) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const source = useNumberSource(batch.id, phase.id, task.number);
  const [lot, setLot] = useState("");
  const scan = useScanFeedback(setLot);
  const given = lot.trim();
  const hasLot = given !== "";
  const [asked] = useDebouncedValue(given, 250);
  const check = useResourceCheck(batch.id, phase.id, asked);
  const refused = asked === given && (check.data?.refusal ?? null) !== null;

  function missing(): string | undefined {
    const { hasNumber } = source;
    if (!hasLot && !hasNumber) return t("charge.both");
    if (!hasLot) return t("charge.lotMissing");
    if (refused) return t("charge.lotRefused");
    return hasNumber ? undefined : t("number.type");
  }
  function record(value: string, reason: string | null) {
    const entry = source.input(given);
    recording.start({ entry, sentence: sentence(entry, value, reason, source.how), reason });
  }
  const confirm = () => {
    if (missing() === undefined) source.confirm((value) => record(value, null));
  };

  if (source.deciding !== null) {
    return (
      <LimitDecision
        number={task.number}
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
      <NumberSourceField
        label={t("number.quantity")}
        number={task.number}
        source={source}
        onEnter={confirm}
        takesFocus={scan?.isAccepted ?? false}
      />
    </TaskFrame>
  );
}
