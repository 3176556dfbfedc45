import { useTranslation } from "react-i18next";
import type { BatchView, LeaseView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import styles from "./batch-actions.module.css";
import { useStep } from "./use-step";

type Props = { batch: BatchView; lease: LeaseView; isOffline: boolean; onClose: () => void };

/** Says what it means that the batch is where it is, and lets whoever may take it, take it over or give it back. */
export function LeaseSheet({ batch, lease, isOffline, onClose }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { take, press, reason, setReason, isReasonMissing } = useStep(batch, onClose);
  const { place, operation } = lease;
  // What another station is told nothing of asks for a reason; everything else is undone as easily as it is done.
  const needsReason = lease.steps.includes("take_over");
  const station = lease.stationName ?? "";
  const until = lease.until === null ? "" : formats.dateTime(lease.until);
  const meaning = operation === null ? place : `${place}_operation`;

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="bottom"
      title={codedText(t, "leasePlaces", place, { station }) ?? place}
      isKeptOpen={take.isPending}
      data-testid="lease-sheet"
    >
      <div className={styles.step}>
        <p className={styles.sentence} data-testid="lease-sentence">
          {codedText(t, "leaseSentences", meaning, { station, time: until, operation: operation ?? "" })}
        </p>
        {needsReason && !isOffline && (
          <>
            <Notice tone="warn">{t("lease.takeOverMeans", { station })}</Notice>
            <ReasonField isFirst value={reason} onChange={setReason} isMissing={isReasonMissing} />
          </>
        )}
        {take.isError && (
          <Notice tone="bad" data-testid="lease-error">
            <span data-code={failureCode(take.error)}>{failureText(t, take.error)}</span>
          </Notice>
        )}
        <div className={styles.buttons}>
          <ActionButton variant="default" data-testid="lease-close" onClick={onClose}>
            {t("common.close")}
          </ActionButton>
          <span className={styles.choices}>
            {lease.steps.map((step) => (
              <ActionButton
                key={step}
                data-testid={`lease-${step}`}
                variant={step === "give_back" ? "default" : "filled"}
                loading={take.isPending}
                disabledReason={isOffline ? t("administration.offline") : undefined}
                onClick={() => press(step, step === "take_over")}
              >
                {codedText(t, "batchSteps", step) ?? step}
              </ActionButton>
            ))}
          </span>
        </div>
      </div>
    </Sheet>
  );
}
