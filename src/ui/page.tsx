import type { ReactNode } from "react";
import styles from "./page.module.css";

type Props = {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** The content scrolls by itself, so the page takes exactly the height there is. */
  isFilling?: boolean;
  isBesideCorner?: boolean;
  "data-testid"?: string;
};

/** A screen: its title and actions on top, its content below. */
export function Page({ title, note, actions, children, isFilling = false, isBesideCorner = false, ...rest }: Props) {
  return (
    <div
      className={styles.page}
      data-filling={isFilling || undefined}
      data-beside-corner={isBesideCorner || undefined}
      {...rest}
    >
      <div className={styles.heading}>
        <h1>{title}</h1>
        <div className={styles.note}>{note}</div>
        {actions}
      </div>
      {children}
    </div>
  );
}
