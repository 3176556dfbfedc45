import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { EquipmentLogEntry } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import styles from "../../../ui/register.module.css";

/** What was done with it, newest first: use with its batch, cleaning and who looked at it, calibration. */
export function EquipmentLog({ entries }: { entries: EquipmentLogEntry[] }) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <section aria-label={t("equipment.log")}>
      <h3 className={styles.heading}>{t("equipment.log")}</h3>
      {entries.length === 0 && <p className={styles.muted}>{t("equipment.logEmpty")}</p>}
      <ol className={styles.log} data-testid="equipment-log">
        {entries.map((entry) => (
          <li key={entry.id} data-act={entry.act}>
            <strong>{codedText(t, "equipmentLog", entry.act) ?? entry.act}</strong>
            <span className={styles.muted}>
              {formats.dateTime(entry.at)} · {entry.person_name}
            </span>
            {details(entry, formats, t) !== "" && <span>{details(entry, formats, t)}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function details(entry: EquipmentLogEntry, formats: Formats, t: TFunction): string {
  const batch = entry.batch_number === null ? null : `${entry.batch_number} · ${entry.product}`;
  const clean =
    entry.clean_until === null ? null : t("equipment.cleanUntil", { time: formats.dateTime(entry.clean_until) });
  const next = entry.calibration_due;
  const due = next === null ? null : t("equipment.nextCalibration", { day: formats.plainDate(next) });
  return [batch, clean, due, entry.note].filter((text) => text !== null).join(" · ");
}
