import { NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EquipmentAct, EquipmentView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ReasonForm } from "../../../ui/reason-form";
import { useActOnEquipment } from "../api/equipment";

type Props = { act: EquipmentAct; view: EquipmentView; onDone: () => void; onRefresh: () => void };

/** What is about to be logged, in one sentence, with what belongs to it. */
export function ActForm({ act, view, onDone, onRefresh }: Props) {
  const { t } = useTranslation();
  const log = useActOnEquipment();
  const { id, revision, code } = view.item.row;
  const [batchId, setBatchId] = useState<string | null>(null);
  const [hours, setHours] = useState<number | null>(72);
  const [due, setDue] = useState<string | null>(null);
  const [isTried, setTried] = useState(false);
  const isUse = act === "use_begun";
  const isCalibration = act === "calibrated";
  const isOfDue = failureCode(log.error) === "calibration_due_invalid";
  return (
    <ReasonForm
      sentence={codedText(t, "equipmentSentences", act, { code }) ?? code}
      press={codedText(t, "equipmentActs", act) ?? act}
      isComplete={(!isUse || batchId !== null) && (!isCalibration || due !== null)}
      isPending={log.isPending}
      failure={isOfDue ? null : log.error}
      onTry={() => setTried(true)}
      onSubmit={(reason) =>
        log.mutate(
          { id, revision, act, batchId, cleanForHours: hours, calibrationDue: due, reason },
          { onSuccess: onDone },
        )
      }
      onCancel={onDone}
      onRefresh={onRefresh}
      data-testid="equipment-act-form"
    >
      {isUse && (
        <Select
          label={t("equipment.batch")}
          searchable
          limit={60}
          data-testid="act-batch"
          error={isTried && batchId === null ? t("plant.required") : undefined}
          data={view.batches.map((batch) => ({ value: batch.id, label: `${batch.number} · ${batch.product}` }))}
          value={batchId}
          onChange={setBatchId}
        />
      )}
      {act === "cleaning_verified" && (
        <NumberInput
          label={t("equipment.cleanFor")}
          description={t("equipment.cleanForHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          min={1}
          max={8760}
          allowDecimal={false}
          hideControls
          data-testid="act-hours"
          value={hours ?? ""}
          onChange={(value) => setHours(typeof value === "number" ? value : null)}
        />
      )}
      {isCalibration && (
        <TextInput
          type="date"
          label={t("equipment.nextDue")}
          data-testid="act-due"
          error={isTried && due === null ? t("plant.required") : isOfDue ? failureText(t, log.error) : undefined}
          value={due ?? ""}
          onChange={(event) => {
            setDue(event.currentTarget.value || null);
            if (log.isError) log.reset();
          }}
        />
      )}
    </ReasonForm>
  );
}
