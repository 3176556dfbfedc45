import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import styles from "./loading-rows.module.css";

/** Where the rows of a table will stand. */
export function LoadingRows({ "data-testid": testId }: { "data-testid": string }) {
  const { t } = useTranslation();
  return (
    <div className={styles.rows} role="status" aria-label={t("common.loading")} data-testid={testId}>
      {[1, 2, 3, 4, 5, 6].map((row) => (
        <Skeleton key={row} height={36} />
      ))}
    </div>
  );
}
