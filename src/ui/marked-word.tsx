import { IconAlertTriangle, IconOctagon } from "@tabler/icons-react";
import styles from "./register.module.css";

export type WordTone = "calm" | "warn" | "bad";

/** A word for where something stands: what is normal has no colour, what is not has an icon too. */
export function MarkedWord({ tone, children }: { tone: WordTone; children: string }) {
  return (
    <span className={styles.word} data-tone={tone}>
      {tone === "warn" && <IconAlertTriangle size={18} aria-hidden />}
      {tone === "bad" && <IconOctagon size={18} aria-hidden />}
      {children}
    </span>
  );
}
