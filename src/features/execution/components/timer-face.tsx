import { IconAlertTriangle, IconCheck, IconHourglassEmpty } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { PhaseTask } from "../../../bridge/bindings";
import { clockFigures, useFormats } from "../../../ui/formats";
import styles from "./timer-face.module.css";

type Props = { task: Extract<PhaseTask, { type: "timer" }>; elapsed: number };

export function TimerFace({ task, elapsed }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const low = clockFigures(task.minimumSeconds);
  const high = task.maximumSeconds === null ? null : clockFigures(task.maximumSeconds);
  const isOver = task.maximumSeconds !== null && elapsed > task.maximumSeconds;
  const isEnough = elapsed >= task.minimumSeconds;
  const [Icon, words] = isOver
    ? ([IconAlertTriangle, t("timer.over")] as const)
    : isEnough
      ? ([IconCheck, t("timer.enough")] as const)
      : ([IconHourglassEmpty, t("timer.notYet")] as const);
  const end = task.maximumSeconds ?? task.minimumSeconds;
  const share = (seconds: number) => `${Math.min(100, end === 0 ? 100 : (seconds / end) * 100)}%`;

  return (
    <div className={styles.timer} data-over={isOver || undefined}>
      <div className={styles.figures} role="timer" data-testid="timer-figures" data-running={task.startedAt !== null}>
        {clockFigures(elapsed)}
      </div>
      <div className={styles.track} aria-hidden>
        <span className={styles.passed} style={{ width: share(elapsed) }} />
        <span className={styles.minimum} style={{ left: share(task.minimumSeconds) }} />
      </div>
      <p className={styles.bounds} data-testid="timer-bounds">
        {high === null ? t("timer.atLeast", { time: low }) : t("timer.between", { low, high })}
      </p>
      {task.startedAt === null ? (
        <p className={styles.word} data-testid="timer-word">
          {t("timer.ready")}
        </p>
      ) : (
        <>
          <p className={styles.word} role="status" data-tone={isOver ? "warn" : undefined} data-testid="timer-word">
            <Icon size={22} aria-hidden />
            {words}
          </p>
          <p className={styles.since}>
            {t("timer.running", { time: formats.shortTime(task.startedAt) })} · {t("timer.keeps")}
          </p>
        </>
      )}
    </div>
  );
}
