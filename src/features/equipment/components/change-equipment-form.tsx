import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EquipmentItem } from "../../../bridge/bindings";
import { ReasonForm } from "../../../ui/reason-form";
import { useChangeEquipment } from "../api/equipment";
import { EquipmentFields, isEquipmentNameFailure } from "./equipment-fields";

type Props = { row: EquipmentItem["row"]; onDone: () => void; onRefresh: () => void };

export function ChangeEquipmentForm({ row, onDone, onRefresh }: Props) {
  const { t } = useTranslation();
  const change = useChangeEquipment();
  const [names, setNames] = useState({ name: row.name, kind: row.kind });
  const [isTried, setTried] = useState(false);
  return (
    <ReasonForm
      press={t("administration.save")}
      isComplete={names.name.trim() !== "" && names.kind.trim() !== ""}
      isPending={change.isPending}
      failure={isEquipmentNameFailure(change.error) ? null : change.error}
      onTry={() => setTried(true)}
      onSubmit={(reason) =>
        change.mutate({ id: row.id, revision: row.revision, ...names, reason }, { onSuccess: onDone })
      }
      onCancel={onDone}
      onRefresh={onRefresh}
      data-testid="change-equipment"
    >
      <EquipmentFields
        values={names}
        onChange={(next) => {
          setNames(next);
          if (change.isError) change.reset();
        }}
        isTried={isTried}
        failure={change.error}
      />
    </ReasonForm>
  );
}
