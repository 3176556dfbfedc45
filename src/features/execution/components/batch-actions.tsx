import { IconFileCertificate, IconHandStop, IconHistory, IconPlayerPlay, IconZoomCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BatchStepName, BatchView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "./batch-actions.module.css";
import { BatchHistorySheet } from "./batch-history-sheet";
import { BatchRecordSheet } from "./batch-record-sheet";
import { BatchStepSheet } from "./batch-step-sheet";

type Props = { batch: BatchView; isOffline: boolean; onReview: () => void };

/** What is done to the whole batch: its history, record and review for everybody, holds for those who may. */
export function BatchActions({ batch, isOffline, onReview }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<BatchStepName | "history" | "record" | null>(null);
  const close = () => setOpened(null);
  return (
    <div className={styles.actions}>
      <button type="button" data-testid="batch-history" onClick={() => setOpened("history")}>
        <IconHistory size={20} aria-hidden />
        {t("batchHistory.title")}
      </button>
      <button type="button" data-testid="batch-record" onClick={() => setOpened("record")}>
        <IconFileCertificate size={20} aria-hidden />
        {t("batchRecord.title")}
      </button>
      {(batch.status === "QC Review" || batch.status === "Completed") && (
        <button type="button" data-testid="batch-review" onClick={onReview}>
          <IconZoomCheck size={20} aria-hidden />
          {t("reviews.title")}
        </button>
      )}
      {batch.steps.map(({ step }) => {
        const Icon = step === "resume" ? IconPlayerPlay : IconHandStop;
        return (
          <button key={step} type="button" data-testid={`batch-step-${step}`} onClick={() => setOpened(step)}>
            <Icon size={20} aria-hidden />
            {codedText(t, "batchSteps", step) ?? step}
          </button>
        );
      })}
      {opened === "history" && <BatchHistorySheet batch={batch} isOffline={isOffline} onClose={close} />}
      {opened === "record" && <BatchRecordSheet batch={batch} isOffline={isOffline} onClose={close} />}
      {(opened === "hold" || opened === "resume") && (
        <BatchStepSheet key={opened} batch={batch} step={opened} isOffline={isOffline} onClose={close} />
      )}
    </div>
  );
}
