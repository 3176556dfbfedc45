import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BatchView, EntryReceipt, PhaseView, SignedInPerson } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { CorrectionNotice, CorrectionReason, useCorrection } from "./correction";
import styles from "./phase-panel.module.css";
import { PhaseRecord } from "./phase-record";
import { PhaseTaskView } from "./phase-task-view";
import { type Receipt, ReceiptStrip } from "./receipt-strip";
import { SignatureSheet } from "./signature-sheet";
import { TaskFrame } from "./task-frame";
import { useRecording } from "./use-recording";

type Props = {
  batch: BatchView;
  phase: PhaseView;
  person: SignedInPerson;
  /** Why nothing can be recorded for this step now; `null` when it can. */
  obstacle: { code: string; text: string } | null;
  currentNumber: number | null;
  receipt: Receipt | null;
  onReceipt: (receipt: EntryReceipt, phase: PhaseView) => void;
  onCurrent: () => void;
};

export function PhasePanel(props: Props) {
  const { batch, phase, person, obstacle, currentNumber, receipt, onReceipt, onCurrent } = props;
  const { t } = useTranslation();
  const { asked, correction, ask, begin, leave } = useCorrection();
  const taken = (answer: EntryReceipt) => {
    leave();
    onReceipt(answer, phase);
  };
  const recording = useRecording(batch, phase, person.id, taken, correction);
  const isSettling = useSettling(receipt);
  const isDone = phase.status === "Completed" || phase.status === "Not Applicable";
  const showsTask = correction !== null || (!isDone && obstacle === null && phase.turn !== "correct");
  const failed = recording.failure !== null && recording.signing === null && (
    <Notice tone="bad" data-testid="record-error">
      {failureText(t, recording.failure)}
    </Notice>
  );
  const said = failed || (receipt !== null && <ReceiptStrip receipt={receipt} />);

  return (
    <section
      className={styles.panel}
      aria-labelledby="phase-title"
      data-testid="phase-panel"
      data-phase-number={phase.number}
    >
      <div className={styles.heading}>
        <span className={styles.step}>{t("execution.step", { number: phase.number })}</span>
        <h2 id="phase-title" data-testid="phase-title">
          {phase.title}
        </h2>
        {phase.signature !== null && !isDone && (
          <span className={styles.needs} data-testid="phase-needs-signature">
            {t("execution.signatureNeeded", { meaning: codedText(t, "signature.meanings", phase.signature) ?? "" })}
          </span>
        )}
      </div>
      <p className={styles.instruction} data-testid="phase-instruction">
        {phase.instruction}
      </p>
      {correction !== null && <CorrectionNotice correction={correction} onLeave={leave} />}
      {asked !== null ? (
        <CorrectionReason asked={asked} said={said} onLeave={leave} onReason={begin} />
      ) : showsTask ? (
        <PhaseTaskView
          batch={batch}
          phase={phase}
          recording={recording}
          said={said}
          isSettling={isSettling}
          isCorrecting={correction !== null}
        />
      ) : (
        <TaskFrame
          said={said}
          action={
            currentNumber !== null &&
            currentNumber !== phase.number && (
              <ActionButton data-testid="go-to-current" onClick={onCurrent}>
                {t("execution.toCurrent", { number: currentNumber })}
              </ActionButton>
            )
          }
        >
          {/* What a role may not do, and why the batch is on hold, is said once, for the whole batch. */}
          {!isDone && obstacle !== null && person.canExecute && obstacle.code !== "batch_on_hold" && (
            <Notice tone={obstacle.code === "earlier_phase_open" ? "calm" : "warn"} data-testid="phase-obstacle">
              <span data-code={obstacle.code}>{obstacle.text}</span>
            </Notice>
          )}
          {phase.turn === "repeat" && (
            <Notice tone="warn" data-testid="phase-repeat">
              {t("execution.repeat")}
            </Notice>
          )}
          {(isDone || phase.entries.length > 0) && <PhaseRecord batchId={batch.id} phase={phase} onCorrect={ask} />}
        </TaskFrame>
      )}
      <SignatureSheet phase={phase} personName={person.name} recording={recording} />
    </section>
  );
}

/** The second tap of a double one must not confirm the step that has just appeared under the finger. */
function useSettling(receipt: Receipt | null): boolean {
  const [isSettling, setSettling] = useState(() => receipt !== null && Date.now() - Date.parse(receipt.at) < 500);
  useEffect(() => {
    const waiting = setTimeout(() => setSettling(false), 500);
    return () => clearTimeout(waiting);
  }, []);
  return isSettling;
}
