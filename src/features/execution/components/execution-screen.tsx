import { Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignedInPerson, StationStatus } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import { useFormats } from "../../../ui/formats";
import { useIsHeld } from "../../../ui/hold";
import { useBatch } from "../api/open-batch";
import { BatchBar } from "./batch-bar";
import { BatchNotice } from "./batch-notice";
import { CompletedBatch } from "./completed-batch";
import styles from "./execution-screen.module.css";
import { obstacleOf } from "./obstacle";
import { PhaseList } from "./phase-list";
import { PhasePanel } from "./phase-panel";
import type { Receipt } from "./receipt-strip";

type Props = {
  batchId: string;
  person: SignedInPerson;
  status: StationStatus;
  onPick: () => void;
  /** To the review of the batch, once it is finished. */
  onReview: () => void;
};

export function ExecutionScreen({ batchId, person, status, onPick, onReview }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const opened = useBatch(batchId);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const isHeld = useIsHeld();

  if (opened.isPending) return <LoadingBatch />;
  if (opened.isError) {
    return (
      <div className={styles.failed}>
        <FailureState
          title={t("execution.failed")}
          failure={opened.error}
          onRetry={() => void opened.refetch()}
          data-testid="batch-failed"
        />
        <ActionButton variant="subtle" data-testid="batch-failed-pick" onClick={onPick}>
          {t("execution.toBatches")}
        </ActionButton>
      </div>
    );
  }

  const batch = opened.data;
  const current = batch.phases.find((phase) => phase.id === batch.nextPhaseId) ?? null;
  const shown = batch.phases.find((phase) => phase.id === chosenId) ?? current;
  return (
    <div className={styles.screen} data-testid="execution" data-batch={batch.number}>
      <div inert={isHeld}>
        <BatchBar
          batch={batch}
          currentNumber={current?.number ?? null}
          isOffline={status.connection.type === "offline"}
          onReview={onReview}
        />
        <BatchNotice batch={batch} canExecute={person.canExecute} />
      </div>
      <div className={styles.columns}>
        <div className={styles.left} inert={isHeld}>
          <PhaseList batch={batch} selectedId={shown?.id ?? null} onSelect={setChosenId} />
        </div>
        {shown === null ? (
          <CompletedBatch batch={batch} receipt={receipt} onPick={onPick} />
        ) : (
          <PhasePanel
            key={`${shown.id} ${shown.status} ${person.id}`}
            batch={batch}
            phase={shown}
            person={person}
            obstacle={obstacleOf(t, batch, shown, person.canExecute, formats)}
            currentNumber={current?.number ?? null}
            receipt={receipt}
            onReceipt={(answer, phase) => {
              setReceipt({ answer, phaseNumber: phase.number, at: new Date().toISOString() });
              setChosenId(null);
            }}
            onCurrent={() => setChosenId(null)}
          />
        )}
      </div>
    </div>
  );
}

function LoadingBatch() {
  const { t } = useTranslation();
  return (
    <div className={styles.screen} role="status" aria-label={t("common.loading")} data-testid="execution-loading">
      <div className={styles.bar}>
        <Skeleton width={180} height={30} />
        <Skeleton width={320} height={22} />
      </div>
      <div className={styles.columns}>
        <div className={styles.loadingList}>
          {[1, 2, 3, 4, 5, 6].map((row) => (
            <Skeleton key={row} height={52} />
          ))}
        </div>
        <div className={styles.loadingPanel}>
          <Skeleton width="60%" height={34} />
          <Skeleton width="90%" height={60} />
          <Skeleton width="70%" height={280} />
        </div>
      </div>
    </div>
  );
}
