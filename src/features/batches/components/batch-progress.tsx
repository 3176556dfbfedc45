import { useTranslation } from "react-i18next";
import styles from "./batches-screen.module.css";

export function BatchProgress({ done, all }: { done: number; all: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.progress}>
      <span>{t("batches.steps", { done, all })}</span>
      <div className={styles.bar} aria-hidden>
        <span style={{ width: `${all === 0 ? 0 : (done / all) * 100}%` }} />
      </div>
    </div>
  );
}
