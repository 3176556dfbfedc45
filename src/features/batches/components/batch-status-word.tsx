import { IconAlertTriangle, IconHandStop, IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { BatchStatus } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "./batches-screen.module.css";

const abnormal: Partial<Record<BatchStatus, typeof IconLock>> = {
  "On Hold": IconHandStop,
  Delayed: IconAlertTriangle,
  Blocked: IconLock,
};

/** The status in words; an icon and colour only for what is not as it should be. */
export function BatchStatusWord({ status, reason }: { status: BatchStatus; reason: string | null }) {
  const { t } = useTranslation();
  const Icon = abnormal[status];
  return (
    <span className={styles.status} data-tone={Icon ? "warn" : undefined} title={reason ?? undefined}>
      {Icon && <Icon size={18} aria-hidden />}
      {codedText(t, "batchStatus", status) ?? status}
    </span>
  );
}
