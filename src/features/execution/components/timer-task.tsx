import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseTask } from "../../../bridge/bindings";
import { failureCode } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { clockFigures } from "../../../ui/formats";
import { useNow } from "../../../ui/now";
import { Decision } from "./decision";
import type { TaskProps } from "./phase-task-view";
import { ScanHeard, useScanFeedback } from "./scan-feedback";
import { TaskFrame } from "./task-frame";
import { TimerFace } from "./timer-face";
import { useSentence } from "./use-sentence";

type Props = TaskProps & { task: Extract<PhaseTask, { type: "timer" }> };

/** Starts, counts in large figures, stops; the station keeps the time, the screen shows it. */
export function TimerTask({ batch, phase, recording, said, isSettling, task }: Props) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const scan = useScanFeedback(null);
  const isRunning = task.startedAt !== null;
  const now = useNow(isRunning);
  const elapsed = task.startedAt === null ? 0 : Math.max(0, (now - Date.parse(task.startedAt)) / 1000);
  const [isDeciding, setDeciding] = useState(false);

  function record(type: "start_timer" | "stop_timer", reason: string | null) {
    const input = { type } as const;
    recording.start({ entry: input, sentence: sentence(input, null, reason), reason });
  }
  function statement(): string {
    const figures = clockFigures(elapsed);
    if (elapsed < task.minimumSeconds) {
      return t("decision.timerShort", { elapsed: figures, limit: clockFigures(task.minimumSeconds) });
    }
    return task.maximumSeconds !== null && elapsed > task.maximumSeconds
      ? t("decision.timerLong", { elapsed: figures, limit: clockFigures(task.maximumSeconds) })
      : t("decision.timerOutside", { elapsed: figures });
  }

  // The station knows the rule: it asks for a reason when the time lies outside.
  if (isDeciding || failureCode(recording.failure) === "reason_required") {
    return (
      <Decision
        statement={statement()}
        question={t("decision.timerQuestion")}
        back={t("decision.keepCounting")}
        keep={t("decision.stopAnyway", { elapsed: clockFigures(elapsed) })}
        isPending={recording.isPending}
        said={failureCode(recording.failure) === "reason_required" ? null : said}
        onBack={() => {
          setDeciding(false);
          recording.cancelSigning();
        }}
        onKeep={(reason) => {
          setDeciding(true);
          record("stop_timer", reason);
        }}
      />
    );
  }
  return (
    <TaskFrame
      said={said}
      isSettling={isSettling}
      action={
        <ActionButton
          data-testid="primary-action"
          data-timer={isRunning ? "stop" : "start"}
          loading={recording.isPending}
          onClick={() => record(isRunning ? "stop_timer" : "start_timer", null)}
        >
          {isRunning ? t("timer.stop") : t("timer.start")}
        </ActionButton>
      }
    >
      <ScanHeard scan={scan} />
      <TimerFace task={task} elapsed={elapsed} />
    </TaskFrame>
  );
}
