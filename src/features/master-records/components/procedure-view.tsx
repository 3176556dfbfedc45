import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Arrangement, Procedure } from "../../../bridge/bindings";
import { nameOf } from "./fault-text";
import styles from "./master-records.module.css";
import { PhaseFacts } from "./phase-facts";
import { partOf } from "./pointer";
import { placedPhases } from "./procedure";

type Props = { procedure: Procedure; place?: string | null };

/** The procedure as it is read: unit procedures, operations, phases, with everything that a phase asks. */
export function ProcedureView({ procedure, place = null }: Props) {
  const { t } = useTranslation();
  const numbers = new Map(placedPhases(procedure).map(({ path, number }) => [path, number]));
  const frame = useRef<HTMLDivElement>(null);
  const part = place === null ? null : partOf(place);
  useEffect(() => {
    if (part === null || part === "") return;
    const target = frame.current?.querySelector<HTMLElement>(`[data-place="${part}"]`);
    target?.scrollIntoView({ block: "center" });
    target?.focus();
  }, [part]);

  return (
    <div className={styles.procedure} ref={frame} data-testid="procedure">
      <Rules arrangement={procedure.arrangement} condition={null} />
      {procedure.unit_procedures.map((unit, unitAt) => {
        const unitPath = `/unit_procedures/${unitAt}`;
        return (
          // The place is the identity: names may be there twice while a draft is written.
          <section key={unitPath} className={styles.unit} data-place={unitPath} tabIndex={-1}>
            <h2>{nameOf(t, unit)}</h2>
            <Rules arrangement={unit.arrangement} condition={unit.only_if} />
            {unit.operations.map((operation, operationAt) => {
              const path = `${unitPath}/operations/${operationAt}`;
              return (
                <section key={path} className={styles.operation} data-place={path} tabIndex={-1}>
                  <h3>{nameOf(t, operation)}</h3>
                  <Rules arrangement={operation.arrangement} condition={operation.only_if} />
                  <ol className={styles.phases}>
                    {operation.phases.map((phase, phaseAt) => {
                      const phasePath = `${path}/phases/${phaseAt}`;
                      return (
                        <li key={phasePath} data-place={phasePath} tabIndex={-1} data-testid={`phase-${phase.key}`}>
                          <PhaseFacts phase={phase} number={numbers.get(phasePath) ?? 0} />
                        </li>
                      );
                    })}
                  </ol>
                </section>
              );
            })}
          </section>
        );
      })}
    </div>
  );
}

type RulesProps = { arrangement: Arrangement | undefined; condition: string | null | undefined };

/** How the parts follow each other, and when; the usual order is not said. */
function Rules({ arrangement, condition }: RulesProps) {
  const { t } = useTranslation();
  const isParallel = arrangement === "parallel";
  if (!isParallel && (condition === null || condition === undefined)) return null;
  return (
    <p className={styles.rules}>
      {isParallel && <span className={styles.tag}>{t("masters.parallel")}</span>}
      {condition !== null && condition !== undefined && (
        <span>
          {t("masters.onlyIf")} <code>{condition}</code>
        </span>
      )}
    </p>
  );
}
