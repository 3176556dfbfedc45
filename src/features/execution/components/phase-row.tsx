import { IconAlertTriangle } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { EntryMarks } from "./entry-marks";
import { entryText } from "./entry-text";
import { PhaseIcon } from "./phase-icon";
import styles from "./phase-list.module.css";
import { effectiveEntry, type PhaseState } from "./phase-state";
import { waitingText } from "./waiting-text";

type Props = { phase: PhaseView; state: PhaseState; isSelected: boolean; onSelect: (phaseId: string) => void };

/** Drawn anew only when its own step has changed: an entry changes one of hundreds. */
export const PhaseRow = memo(function PhaseRow({ phase, state, isSelected, onSelect }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const entry = effectiveEntry(phase);
  const isWaiting = state === "waiting" && phase.waitsFor !== null;
  // What already stands there as what the step waits for is not said twice.
  const obstacle = isWaiting && phase.waitsFor?.code === phase.obstacle?.code ? null : phase.obstacle;
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        data-state={state}
        data-phase={phase.id}
        data-testid={`phase-row-${phase.number}`}
        aria-current={isSelected ? "step" : undefined}
        onClick={() => onSelect(phase.id)}
      >
        <span className={styles.icon} title={t(`phaseState.${state}`)}>
          <PhaseIcon state={state} />
        </span>
        <span className={styles.number}>{phase.number}</span>
        <span className={styles.text}>
          <span className={styles.title}>{phase.title}</span>
          <small className={styles.meta}>
            <span className={styles.word}>{isWaiting ? waitingText(t, phase.waitsFor) : t(`phaseState.${state}`)}</span>
            {obstacle !== null && (
              <span className={styles.obstacle} data-code={obstacle.code} data-testid={`phase-stopped-${phase.number}`}>
                <IconAlertTriangle size={16} aria-hidden />
                {waitingText(t, obstacle)}
              </span>
            )}
            {entry !== undefined && (
              <span>
                {entryText(t, formats, entry)} · {entry.personName} {formats.time(entry.recordedAt)}
              </span>
            )}
            {entry === undefined && phase.signature !== null && (
              <span>
                {t("execution.signatureNeeded", { meaning: codedText(t, "signature.meanings", phase.signature) ?? "" })}
              </span>
            )}
          </small>
          {entry !== undefined && (
            <span className={styles.marks}>
              <EntryMarks entry={entry} />
            </span>
          )}
        </span>
      </button>
    </li>
  );
});
