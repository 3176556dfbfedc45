import { useTranslation } from "react-i18next";
import type { BatchStepName, BatchView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import styles from "./batch-actions.module.css";
import { useStep } from "./use-step";

type Props = { batch: BatchView; step: BatchStepName; isOffline: boolean; onClose: () => void };

/** Puts the batch on hold or takes it off, with a reason; the server decides, so nothing of it happens without one. */
export function BatchStepSheet({ batch, step, isOffline, onClose }: Props) {
  const { t } = useTranslation();
  const { take, press, reason, setReason, isReasonMissing } = useStep(batch, onClose);
  const name = codedText(t, "batchSteps", step) ?? step;

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="bottom"
      title={name}
      isKeptOpen={take.isPending}
      data-testid="batch-step-sheet"
    >
      <div className={styles.step}>
        <p className={styles.sentence} data-testid="batch-step-sentence">
          {codedText(t, "batchSentences", step, { number: batch.number, reason: batch.holdReason ?? "" })}
        </p>
        <ReasonField isFirst value={reason} onChange={setReason} isMissing={isReasonMissing} />
        {take.isError && (
          <Notice tone="bad" data-testid="batch-step-error">
            <span data-code={failureCode(take.error)}>{failureText(t, take.error)}</span>
          </Notice>
        )}
        <div className={styles.buttons}>
          <ActionButton variant="default" data-testid="batch-step-cancel" onClick={onClose}>
            {t("common.cancel")}
          </ActionButton>
          <ActionButton
            data-testid="batch-step-take"
            loading={take.isPending}
            disabledReason={isOffline ? t("administration.offline") : undefined}
            onClick={() => press(step, true)}
          >
            {name}
          </ActionButton>
        </div>
      </div>
    </Sheet>
  );
}
