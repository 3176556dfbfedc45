import { useTranslation } from "react-i18next";
import type { PlantItem } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import styles from "./administration.module.css";

type Props = { plant: PlantItem; onChange: (() => void) | undefined };

/** One plant with its figures, counted when they were asked for. */
export function PlantCard({ plant, onChange }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const figures = [
    { name: "people", label: t("plants.people"), value: plant.people },
    { name: "stations", label: t("plants.stations"), value: plant.stations },
    { name: "batches", label: t("plants.batches"), value: plant.batchCount },
  ];
  return (
    <li className={styles.card} data-testid={`plant-card-${plant.id}`}>
      <h2>{plant.name}</h2>
      <p className={styles.muted}>
        {plant.region} · {plant.timeZone}
      </p>
      <dl className={styles.figures}>
        {figures.map(({ name, label, value }) => (
          <div key={name} data-testid={`plant-${name}`}>
            <dt>{label}</dt>
            <dd>{formats.count(value)}</dd>
          </div>
        ))}
      </dl>
      <ul className={styles.statuses}>
        {plant.batches.map(({ status, count }) => (
          <li key={status}>
            <span>{codedText(t, "batchStatus", status) ?? status}</span>
            <span>{formats.count(count)}</span>
          </li>
        ))}
        {plant.batches.length === 0 && <li className={styles.muted}>{t("plants.noBatches")}</li>}
      </ul>
      <div className={styles.cardFoot}>
        <p className={styles.muted}>
          {plant.managerName === null ? t("plants.noManager") : t("plants.managedBy", { name: plant.managerName })}
        </p>
        {onChange !== undefined && (
          <ActionButton variant="default" data-testid="plant-change" onClick={onChange}>
            {t("users.change")}
          </ActionButton>
        )}
      </div>
    </li>
  );
}
