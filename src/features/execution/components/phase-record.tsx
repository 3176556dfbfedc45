import { useTranslation } from "react-i18next";
import type { EntryView, PhaseView } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { SavedFile } from "../../../ui/saved-file";
import styles from "./entries.module.css";
import { EntryMarks } from "./entry-marks";
import { entryText } from "./entry-text";
import { SignatureStamp } from "./signature-stamp";

type Props = { batchId: string; phase: PhaseView; onCorrect?: (entry: EntryView) => void };

/** Everything ever recorded for a step, oldest first. */
export function PhaseRecord({ batchId, phase, onCorrect }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  if (phase.entries.length === 0) return <p data-testid="phase-record-empty">{t("execution.nothingRecorded")}</p>;
  return (
    <ol className={styles.list} aria-label={t("execution.record")} data-testid="phase-record">
      {phase.entries.map((entry) => (
        <li
          key={entry.operationId}
          className={styles.entry}
          data-effective={entry.isEffective}
          data-corrected={entry.isCorrected}
          data-testid={`entry-${entry.operationId}`}
        >
          <span className={styles.value} data-testid="entry-value" data-selectable>
            {entry.isCorrected ? <del>{entryText(t, formats, entry)}</del> : entryText(t, formats, entry)}
          </span>
          <span className={styles.who}>
            {t("entry.by", { name: entry.personName, time: formats.dateTime(entry.recordedAt) })}
          </span>
          {entry.source !== null && (
            <span className={styles.who} data-testid="entry-source">
              {t("entry.source", {
                device: entry.source.device,
                serial: entry.source.serialNumber,
                told: entry.source.told,
              })}
            </span>
          )}
          {entry.reason !== null && <span>{t("entry.reason", { reason: entry.reason })}</span>}
          <div className={styles.marks}>
            <EntryMarks entry={entry} />
          </div>
          <SavedFile batchId={batchId} entry={entry} />
          {entry.canBeCorrected && onCorrect && (
            <ActionButton variant="default" data-testid="correct-entry" onClick={() => onCorrect(entry)}>
              {t("correction.begin")}
            </ActionButton>
          )}
          {entry.signature !== null && <SignatureStamp signature={entry.signature} />}
        </li>
      ))}
    </ol>
  );
}
