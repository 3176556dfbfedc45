import type { ReactNode } from "react";
import styles from "./phase-panel.module.css";

type Props = {
  children: ReactNode;
  said: ReactNode;
  action: ReactNode;
  /** The step has only just appeared and takes no tap yet. */
  isSettling?: boolean;
};

/** A task's content above, what was said last at the bottom left, the one primary action at the bottom right. */
export function TaskFrame({ children, said, action, isSettling = false }: Props) {
  return (
    <>
      <div className={styles.body}>{children}</div>
      <footer className={styles.footer}>
        <div className={styles.said}>{said}</div>
        <fieldset className={styles.action} disabled={isSettling}>
          {action}
        </fieldset>
      </footer>
    </>
  );
}
