import { IconAlertTriangle } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { EntryView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import styles from "./deviations.module.css";

export function EvidenceEntry({ entry, isCause }: { entry: EntryView; isCause: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const value = recordedValue(t, formats, entry);
  const { signature } = entry;
  return (
    <li data-cause={isCause || undefined} data-testid="evidence-entry">
      <div className={styles.value}>
        {entry.isCorrected || !entry.isEffective ? <del>{value}</del> : <strong>{value}</strong>}
        {entry.deviation !== null && (
          <span className={styles.flag}>
            <IconAlertTriangle size={18} aria-hidden />
            {codedText(t, "deviationCause", entry.deviation) ?? entry.deviation}
          </span>
        )}
        {entry.isCorrection && <span className={styles.tag}>{t("deviations.isCorrection")}</span>}
        {entry.isCorrected && <span className={styles.tag}>{t("deviations.isCorrected")}</span>}
        {!entry.isEffective && <span className={styles.tag}>{t("deviations.isNotEffective")}</span>}
      </div>
      <span className={styles.muted}>
        {entry.personName} · <time dateTime={entry.recordedAt}>{formats.dateTime(entry.recordedAt)}</time>
        {signature !== null &&
          ` · ${t("signature.signedAs", { meaning: codedText(t, "signature.meanings", signature.meaning) ?? "" })}`}
      </span>
      {entry.reason !== null && <span data-selectable>{entry.reason}</span>}
    </li>
  );
}

/** What was recorded, with its unit. */
function recordedValue(t: TFunction, formats: Formats, entry: EntryView): string {
  if (entry.value !== null) return `${formats.number(entry.value)} ${entry.unit ?? ""}`.trim();
  if (entry.elapsedSeconds !== null) return t("deviations.seconds", { seconds: formats.count(entry.elapsedSeconds) });
  return entry.text ?? entry.container ?? t("deviations.confirmed");
}
