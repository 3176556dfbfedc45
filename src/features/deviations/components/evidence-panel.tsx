import { useTranslation } from "react-i18next";
import type { DeviationView } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { Evidence } from "../../../ui/evidence";
import styles from "./deviations.module.css";

type Props = { view: DeviationView; onOpenBatch: (batchId: string) => void };

/** The step that the deviation is about, and the way to its batch. */
export function EvidencePanel({ view, onOpenBatch }: Props) {
  const { t } = useTranslation();
  const { evidence, record } = view;
  const { batch_id: batchId } = record.row;
  if (evidence === null) {
    return (
      <p className={styles.muted} data-testid="evidence-none">
        {t("deviations.noEvidence")}
      </p>
    );
  }
  return (
    <Evidence batchId={batchId} evidence={evidence} causeId={record.content.operation_id}>
      {batchId !== null && (
        <div>
          <ActionButton variant="default" data-testid="evidence-batch" onClick={() => onOpenBatch(batchId)}>
            {t("deviations.openBatch")}
          </ActionButton>
        </div>
      )}
    </Evidence>
  );
}
