import { IconAlertTriangle, IconArrowRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Fault, Procedure } from "../../../bridge/bindings";
import { faultText, placeText } from "./fault-text";
import styles from "./master-records.module.css";

type Props = {
  faults: Fault[];
  /** Tells where a place is in the words of the record; without it the place is shown as it stands in the file. */
  procedure?: Procedure;
  onOpen?: (path: string) => void;
};

/** Every fault with its place; where there is a way to the place, a press goes there. */
export function FaultList({ faults, procedure, onOpen }: Props) {
  const { t } = useTranslation();
  if (faults.length === 0) return null;
  return (
    <ul className={styles.faults} data-testid="fault-list" data-count={faults.length}>
      {faults.map((fault) => {
        const words = (
          <>
            <IconAlertTriangle size={20} aria-hidden />
            <span className={styles.faultText}>
              <strong>{faultText(t, fault)}</strong>
              <small data-selectable>{placeText(t, fault.path, procedure)}</small>
            </span>
          </>
        );
        return (
          <li key={`${fault.path} ${fault.code} ${fault.detail}`} data-testid={`fault-${fault.code}`}>
            {onOpen === undefined ? (
              <div className={styles.fault}>{words}</div>
            ) : (
              <button type="button" className={styles.fault} onClick={() => onOpen(fault.path)}>
                {words}
                <IconArrowRight size={20} aria-hidden />
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
