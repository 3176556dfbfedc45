import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import styles from "./phase-panel.module.css";
import { PhaseRecord } from "./phase-record";
import type { TaskProps } from "./phase-task-view";
import { TaskFrame } from "./task-frame";
import { useSentence } from "./use-sentence";

/** A second person looks at what was recorded, here or in earlier steps, and signs for it. */
export function CheckTask({ batch, phase, recording, said, isSettling }: TaskProps) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const numbers = phase.task.type === "second_person_check" ? phase.task.of.map((one) => one.number) : [phase.number];
  const lookedAt = batch.phases.filter(({ number }) => numbers.includes(number));
  const entry = { type: "check" } as const;
  return (
    <TaskFrame
      said={said}
      isSettling={isSettling}
      action={
        <ActionButton
          data-testid="primary-action"
          loading={recording.isPending}
          onClick={() => recording.start({ entry, sentence: sentence(entry, null, null), reason: null })}
        >
          {t("check.verify")}
        </ActionButton>
      }
    >
      <p>{t("check.help")}</p>
      {lookedAt.map((other) => (
        <section key={other.id} className={styles.lookedAt} aria-label={other.title} data-testid="looked-at">
          <h3>{t("check.step", { number: other.number, title: other.title })}</h3>
          <PhaseRecord batchId={batch.id} phase={other} />
        </section>
      ))}
    </TaskFrame>
  );
}
