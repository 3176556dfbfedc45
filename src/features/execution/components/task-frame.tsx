import type { ReactNode } from "react";
import styles from "./phase-panel.module.css";

export type TaskSlots = { said: ReactNode };

type Props = { children: ReactNode; said: ReactNode; action: ReactNode };

/** A task's content above, what was said last at the bottom left, the one primary action at the bottom right. */
export function TaskFrame({ children, said, action }: Props) {
  return (
    <>
      <div className={styles.body}>{children}</div>
      <footer className={styles.footer}>
        <div className={styles.said}>{said}</div>
        <div className={styles.action}>{action}</div>
      </footer>
    </>
  );
}
