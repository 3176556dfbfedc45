import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseTask } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { Decision } from "./decision";
import styles from "./phase-panel.module.css";
import type { TaskProps } from "./phase-task-view";
import { TaskFrame } from "./task-frame";
import { useSentence } from "./use-sentence";

type Props = TaskProps & { task: Extract<PhaseTask, { type: "choice" }> };

/** One of several answers; one that is not expected is kept with a reason and a deviation. */
export function ChoiceTask({ batch, phase, recording, said, isSettling, task }: Props) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const [chosen, setChosen] = useState<string | null>(null);
  const [isDeciding, setDeciding] = useState(false);
  const option = task.options.find(({ text }) => text === chosen);

  function record(reason: string | null) {
    if (option === undefined) return;
    const entry = { type: "choose", option: option.text } as const;
    recording.start({ entry, sentence: sentence(entry, null, reason), reason });
  }

  if (isDeciding && option !== undefined) {
    return (
      <Decision
        statement={t("choice.unexpected", { option: option.text })}
        question={t("choice.question")}
        back={t("choice.again")}
        keep={t("choice.keep", { option: option.text })}
        isPending={recording.isPending}
        said={said}
        onBack={() => {
          recording.forgetFailure();
          setDeciding(false);
        }}
        onKeep={record}
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
          loading={recording.isPending}
          disabledReason={option === undefined ? t("choice.missing") : undefined}
          onClick={() => (option?.isExpected ? record(null) : setDeciding(true))}
        >
          {t("choice.record")}
        </ActionButton>
      }
    >
      <fieldset className={styles.options}>
        <legend>{t("choice.label")}</legend>
        {task.options.map(({ text }) => (
          <label key={text} className={styles.option}>
            <input
              type="radio"
              name={phase.id}
              checked={chosen === text}
              data-testid="choice-option"
              onChange={() => setChosen(text)}
            />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
    </TaskFrame>
  );
}
