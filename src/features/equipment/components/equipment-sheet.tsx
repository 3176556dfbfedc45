import { Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EquipmentAct } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import styles from "../../../ui/register.module.css";
import { Sheet } from "../../../ui/sheet";
import { useEquipment } from "../api/equipment";
import { ActForm } from "./act-form";
import { ChangeEquipmentForm } from "./change-equipment-form";
import { EquipmentFacts } from "./equipment-facts";
import { EquipmentLog } from "./equipment-log";

type Props = { id: string; onClose: () => void };

/** One piece of equipment: where it stands, what may be done with it next, and its log. */
export function EquipmentSheet({ id, onClose }: Props) {
  const { t } = useTranslation();
  const read = useEquipment(id);
  const [act, setAct] = useState<EquipmentAct | "change" | null>(null);
  const back = () => setAct(null);
  const refresh = () => void read.refetch();
  const row = read.data?.item.row;
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={row === undefined ? t("equipment.one") : `${row.code} · ${row.name}`}
      data-testid="equipment-sheet"
    >
      {read.isPending && <Skeleton height={240} aria-label={t("common.loading")} />}
      {read.isError && (
        <FailureState
          title={t("equipment.oneFailed")}
          failure={read.error}
          onRetry={refresh}
          data-testid="equipment-one-failed"
        />
      )}
      {read.isSuccess && act === null && (
        <div className={styles.form}>
          <EquipmentFacts item={read.data.item} />
          <div className={styles.buttons}>
            {read.data.acts.map((possible) => (
              <ActionButton
                key={possible}
                variant="default"
                data-testid={`equipment-act-${possible}`}
                onClick={() => setAct(possible)}
              >
                {codedText(t, "equipmentActs", possible) ?? possible}
              </ActionButton>
            ))}
            {read.data.canManage && (
              <ActionButton variant="default" data-testid="equipment-change" onClick={() => setAct("change")}>
                {t("equipment.change")}
              </ActionButton>
            )}
          </div>
          <EquipmentLog entries={read.data.log} />
        </div>
      )}
      {read.isSuccess && act === "change" && (
        <ChangeEquipmentForm
          key={read.data.item.row.revision}
          row={read.data.item.row}
          onDone={back}
          onRefresh={refresh}
        />
      )}
      {read.isSuccess && act !== null && act !== "change" && (
        <ActForm key={read.data.item.row.revision} act={act} view={read.data} onDone={back} onRefresh={refresh} />
      )}
    </Sheet>
  );
}
