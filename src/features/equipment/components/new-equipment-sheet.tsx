import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ReasonForm } from "../../../ui/reason-form";
import { Sheet } from "../../../ui/sheet";
import { useCreateEquipment } from "../api/equipment";
import { EquipmentFields, isEquipmentNameFailure } from "./equipment-fields";

/** A new piece of equipment: dirty until it has been cleaned and somebody else has looked at it. */
export function NewEquipmentSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreateEquipment();
  const [code, setCode] = useState("");
  const [names, setNames] = useState({ name: "", kind: "" });
  const [due, setDue] = useState<string | null>(null);
  const [isTried, setTried] = useState(false);
  // Pressed again after an answer that was lost, the same form enters nothing twice.
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const failed = failureCode(create.error) ?? "";
  const isOfCode = ["code_taken", "code_invalid"].includes(failed);
  const isOfDue = failed === "calibration_due_invalid";
  const isOfField = isOfCode || isOfDue || isEquipmentNameFailure(create.error);
  const changed = () => {
    setRequestKey(crypto.randomUUID());
    if (create.isError) create.reset();
  };
  const required = (text: string) => (isTried && text.trim() === "" ? t("plant.required") : undefined);
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("equipment.new")}
      isKeptOpen={create.isPending}
      data-testid="new-equipment"
    >
      <ReasonForm
        sentence={t("equipment.newHelp")}
        press={t("equipment.create")}
        isComplete={[code, names.name, names.kind].every((text) => text.trim() !== "")}
        isPending={create.isPending}
        failure={isOfField ? null : create.error}
        onTry={() => setTried(true)}
        onSubmit={(reason) =>
          create.mutate({ code, ...names, calibrationDue: due, reason, requestKey }, { onSuccess: onClose })
        }
        onCancel={onClose}
        onRefresh={create.reset}
        data-testid="new-equipment-form"
      >
        <TextInput
          label={t("equipment.code")}
          autoComplete="off"
          spellCheck={false}
          data-testid="equipment-field-code"
          error={required(code) ?? (isOfCode ? failureText(t, create.error) : undefined)}
          value={code}
          onChange={(event) => {
            setCode(event.currentTarget.value);
            changed();
          }}
        />
        <EquipmentFields
          values={names}
          onChange={(next) => {
            setNames(next);
            changed();
          }}
          isTried={isTried}
          failure={create.error}
        />
        <TextInput
          type="date"
          label={t("equipment.calibrationDue")}
          description={t("equipment.calibrationHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          data-testid="equipment-field-due"
          error={isOfDue ? failureText(t, create.error) : undefined}
          value={due ?? ""}
          onChange={(event) => {
            setDue(event.currentTarget.value || null);
            changed();
          }}
        />
      </ReasonForm>
    </Sheet>
  );
}
