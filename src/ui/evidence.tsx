import { IconAlertTriangle } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { DeviationEvidenceView, EntryView } from "../bridge/bindings";
import { codedText } from "../texts/coded";
import styles from "./evidence.module.css";
import { type Formats, useFormats } from "./formats";
import { SavedFile } from "./saved-file";

type Props = {
  evidence: DeviationEvidenceView;
  /** The entry that it is about. */
  causeId?: string | null;
  /** Where its files are fetched from. */
  batchId: string | null;
  children?: ReactNode;
};

/** The step as it was executed, with every entry that was made: nothing is left out and nothing is smoothed. */
export function Evidence({ evidence, causeId, batchId, children }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { limits } = evidence;
  return (
    <section className={styles.evidence} data-testid="evidence">
      <h2>{t("deviations.step", { number: formats.count(evidence.phaseNumber), title: evidence.phaseTitle })}</h2>
      <p className={styles.instruction}>{evidence.instruction}</p>
      {limits !== null && (limits.low !== null || limits.high !== null) && (
        <p data-testid="evidence-limits">
          {t("deviations.limits", {
            low: limits.low === null ? "–" : formats.number(limits.low),
            high: limits.high === null ? "–" : formats.number(limits.high),
            unit: limits.unit,
          })}
        </p>
      )}
      <ul className={styles.entries}>
        {evidence.entries.map((entry) => (
          <EvidenceEntry
            key={entry.operationId}
            entry={entry}
            batchId={batchId}
            isCause={entry.operationId === causeId}
          />
        ))}
      </ul>
      {children}
    </section>
  );
}

type EntryProps = { entry: EntryView; batchId: string | null; isCause: boolean };

function EvidenceEntry({ entry, batchId, isCause }: EntryProps) {
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
        {entry.isManual && <span className={styles.tag}>{t("entry.manual")}</span>}
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
      {batchId !== null && <SavedFile batchId={batchId} entry={entry} />}
    </li>
  );
}

/** What was recorded, with its unit. */
export function recordedValue(t: TFunction, formats: Formats, entry: EntryView): string {
  if (entry.value !== null) {
    const number = `${formats.number(entry.value)} ${entry.unit ?? ""}`.trim();
    const from = entry.source === null ? null : t("entry.from", { device: entry.source.device });
    return [number, entry.lot, from].filter((part) => part !== null).join(" · ");
  }
  if (entry.elapsedSeconds !== null) return t("deviations.seconds", { seconds: formats.count(entry.elapsedSeconds) });
  return entry.text ?? entry.container ?? t("deviations.confirmed");
}
