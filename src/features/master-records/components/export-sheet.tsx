import { useTranslation } from "react-i18next";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { useExportMasterRecord } from "../api/export-master-record";
import styles from "./master-records.module.css";

/** Writes the version into a file and says where it lies. */
export function ExportSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const exporting = useExportMasterRecord();
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("masters.exportTitle")}
      isKeptOpen={exporting.isPending}
      data-testid="export-master"
    >
      <div className={styles.form}>
        <p>{t("masters.exportHelp")}</p>
        {exporting.isSuccess && (
          <Notice tone="done" title={t("audit.exported")} data-testid="export-done">
            <span className={styles.path}>{exporting.data.path}</span>
          </Notice>
        )}
        {exporting.isError && (
          <Notice tone="bad" data-testid="export-failed">
            {failureText(t, exporting.error)}
          </Notice>
        )}
        <div className={styles.actions}>
          <ActionButton variant="default" data-testid="export-close" onClick={onClose}>
            {t("common.close")}
          </ActionButton>
          <ActionButton data-testid="export-write" loading={exporting.isPending} onClick={() => exporting.mutate(id)}>
            {t("masters.exportPress")}
          </ActionButton>
        </div>
      </div>
    </Sheet>
  );
}
