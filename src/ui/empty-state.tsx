import type { ComponentType, ReactNode } from "react";
import styles from "./empty-state.module.css";

type Props = {
  icon: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  "data-testid": string;
};

/** What stands where nothing can be shown: why, and what to do about it. */
export function EmptyState({ icon: Icon, title, children, action, ...rest }: Props) {
  return (
    <div className={styles.empty} role="status" {...rest}>
      <span className={styles.icon} aria-hidden>
        <Icon size={40} stroke={1.5} />
      </span>
      <h2 className={styles.title}>{title}</h2>
      {children !== undefined && <p className={styles.text}>{children}</p>}
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
