import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconOctagon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./notice.module.css";

export type NoticeTone = "calm" | "done" | "warn" | "bad";

const icons = { calm: IconInfoCircle, done: IconCircleCheck, warn: IconAlertTriangle, bad: IconOctagon };

type Props = {
  tone: NoticeTone;
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
  "data-testid"?: string;
};

/** A message that stays in its place: icon and word always, colour only for what is abnormal. */
export function Notice({ tone, title, children, action, ...rest }: Props) {
  const Icon = icons[tone];
  return (
    <div className={styles.notice} data-tone={tone} role={tone === "bad" ? "alert" : "status"} {...rest}>
      <Icon className={styles.icon} size={24} stroke={2} aria-hidden />
      <div className={styles.text}>
        {title !== undefined && <strong>{title}</strong>}
        {children !== undefined && <div data-selectable>{children}</div>}
      </div>
      {action}
    </div>
  );
}
