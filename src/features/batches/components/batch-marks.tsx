import { IconAlertTriangle, IconClockPause } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { BatchListItem } from "../../../bridge/bindings";
import styles from "./batches-screen.module.css";

/** What is out of the ordinary about a batch, in icon and word. */
export function BatchMarks({ item }: { item: BatchListItem }) {
  const { t } = useTranslation();
  if (item.unsent === 0 && item.openDeviations === 0) return null;
  return (
    <div className={styles.marks}>
      {item.openDeviations > 0 && (
        <span className={styles.mark} data-testid={`batch-deviations-${item.number}`}>
          <IconAlertTriangle size={16} aria-hidden />
          {t("batches.openDeviations", { count: item.openDeviations })}
        </span>
      )}
      {item.unsent > 0 && (
        <span className={styles.mark} data-tone="calm" data-testid={`batch-unsent-${item.number}`}>
          <IconClockPause size={16} aria-hidden />
          {t("batches.unsent", { count: item.unsent })}
        </span>
      )}
    </div>
  );
}
