import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { BatchView, PhaseView } from "../../../bridge/bindings";
import styles from "./phase-list.module.css";
import { PhaseRow } from "./phase-row";

type Props = { batch: BatchView; selectedId: string | null; onSelect: (phaseId: string) => void };

/** All steps by unit procedure and operation; the current one is brought into sight when it changes. */
export function PhaseList({ batch, selectedId, onSelect }: Props) {
  const { t } = useTranslation();
  const list = useRef<HTMLElement>(null);
  const current = batch.nextPhaseId;
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(`[data-phase="${CSS.escape(current ?? "")}"]`);
    // `scrollIntoView` would move the shell as well.
    if (list.current && row) list.current.scrollTop = row.offsetTop - list.current.clientHeight / 2 + row.offsetHeight;
  }, [current]);
  return (
    <nav className={styles.list} ref={list} aria-label={t("execution.phases")} data-testid="phase-list">
      {groups(batch.phases).map((group) => (
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
                batch={batch}
                phase={phase}
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
