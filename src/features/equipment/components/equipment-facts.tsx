import { useTranslation } from "react-i18next";
import type { EquipmentItem } from "../../../bridge/bindings";
import styles from "../../../ui/register.module.css";
import { CalibrationWord, CleanlinessWord, EquipmentStateWord } from "./equipment-words";

export function EquipmentFacts({ item }: { item: EquipmentItem }) {
  const { t } = useTranslation();
  const { row } = item;
  return (
    <dl className={styles.facts}>
      <dt>{t("equipment.kind")}</dt>
      <dd>{row.kind}</dd>
      <dt>{t("equipment.state")}</dt>
      <dd data-testid="equipment-state" data-state={row.state}>
        <EquipmentStateWord item={item} />
      </dd>
      {row.in_use_for_number !== null && (
        <>
          <dt>{t("equipment.inUseFor")}</dt>
          <dd>{row.in_use_for_number}</dd>
        </>
      )}
      <dt>{t("equipment.cleanliness")}</dt>
      <dd data-testid="equipment-cleanliness" data-state={row.cleanliness}>
        <CleanlinessWord item={item} />
      </dd>
      {row.cleaned_by_name !== null && (
        <>
          <dt>{t("equipment.cleanedBy")}</dt>
          <dd>{row.cleaned_by_name}</dd>
        </>
      )}
      <dt>{t("equipment.calibrationDue")}</dt>
      <dd data-testid="equipment-calibration" data-overdue={item.isCalibrationOverdue}>
        <CalibrationWord item={item} />
      </dd>
    </dl>
  );
}
