import { startTransition, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BatchView, PhaseView } from "../../../bridge/bindings";
import styles from "./phase-list.module.css";
import { PhaseRow } from "./phase-row";
import { phaseState } from "./phase-state";

type Props = { batch: BatchView; selectedId: string | null; onSelect: (phaseId: string) => void };

/** A list of more steps is drawn around the current one first and grows from there, so that no frame waits for all of it. */
const DRAWN_AT_ONCE = 60;
const AROUND_THE_CURRENT = 12;
const MORE = 24;
const PAUSE_MS = 50;
/** The open step is on the screen before its list takes a frame of its own. */
const FIRST_PAUSE_MS = 400;

/** All steps by unit procedure and operation; the current one is brought into sight when it changes. */
export function PhaseList({ batch, selectedId, onSelect }: Props) {
  const { t } = useTranslation();
  const list = useRef<HTMLElement>(null);
  const current = batch.nextPhaseId;
  const [reach, setReach] = useState(batch.phases.length <= DRAWN_AT_ONCE ? batch.phases.length : AROUND_THE_CURRENT);
  const phases = around(batch.phases, current, reach);
  const drawn = phases.length;
  const isWhole = drawn === batch.phases.length;
  useEffect(() => {
    if (isWhole) return;
    const pause = reach === AROUND_THE_CURRENT ? FIRST_PAUSE_MS : PAUSE_MS;
    const growing = setTimeout(() => startTransition(() => setReach(reach + MORE)), pause);
    return () => clearTimeout(growing);
  }, [isWhole, reach]);
  useEffect(() => {
    if (drawn === 0) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-phase="${CSS.escape(current ?? "")}"]`);
    // `scrollIntoView` would move the shell as well.
    if (list.current && row) list.current.scrollTop = row.offsetTop - list.current.clientHeight / 2 + row.offsetHeight;
  }, [current, drawn]);
  return (
    <nav className={styles.list} ref={list} aria-label={t("execution.phases")} data-testid="phase-list">
      {groups(phases).map((group) => (
        <section key={group.phases[0]?.id}>
          <h2 className={styles.group}>
            <span>{group.unitProcedure}</span>
            <span aria-hidden>{" ▸ "}</span>
            <span>{group.operation}</span>
          </h2>
          <ol className={styles.rows}>
            {group.phases.map((phase) => (
              <PhaseRow
                key={phase.id}
                phase={phase}
                state={phaseState(batch, phase)}
                isSelected={phase.id === selectedId}
                onSelect={onSelect}
              />
            ))}
          </ol>
        </section>
      ))}
    </nav>
  );
}

function around(phases: PhaseView[], current: string | null, reach: number): PhaseView[] {
  const place = Math.max(
    0,
    phases.findIndex((phase) => phase.id === current),
  );
  return phases.slice(Math.max(0, place - reach), place + reach);
}

type Group = { unitProcedure: string; operation: string; phases: PhaseView[] };

function groups(phases: PhaseView[]): Group[] {
  const found: Group[] = [];
  for (const phase of phases) {
    const last = found.at(-1);
    if (last?.unitProcedure === phase.unitProcedure && last.operation === phase.operation) last.phases.push(phase);
    else found.push({ unitProcedure: phase.unitProcedure, operation: phase.operation, phases: [phase] });
  }
  return found;
}
