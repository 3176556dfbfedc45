import { useTranslation } from "react-i18next";
import type { DeviationView } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import styles from "./deviations.module.css";
import { EvidenceEntry } from "./evidence-entry";

type Props = { view: DeviationView; onOpenBatch: (batchId: string) => void };

/** The step as it was executed, with every entry that was made: nothing is left out and nothing is smoothed. */
export function EvidencePanel({ view, onOpenBatch }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { evidence, record } = view;
  const { batch_id: batchId } = record.row;
  if (evidence === null) {
    return (
      <p className={styles.muted} data-testid="evidence-none">
        {t("deviations.noEvidence")}
      </p>
    );
  }
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
            isCause={entry.operationId === record.content.operation_id}
          />
        ))}
      </ul>
      {batchId !== null && (
        <div>
          <ActionButton variant="default" data-testid="evidence-batch" onClick={() => onOpenBatch(batchId)}>
            {t("deviations.openBatch")}
          </ActionButton>
        </div>
      )}
    </section>
  );
}
