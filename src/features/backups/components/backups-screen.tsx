import { IconDatabaseExport } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { BackupList, DataSource } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { useFormats } from "../../../ui/formats";
import { LoadingRows } from "../../../ui/loading-rows";
import { Notice } from "../../../ui/notice";
import { Page } from "../../../ui/page";
import { useBackups } from "../api/list-backups";
import { useTakeBackup } from "../api/take-backup";
import { BackupTable } from "./backup-table";
import styles from "./backups-screen.module.css";

/** Whether the nights are kept, and a backup now. */
export function BackupsScreen({ isOffline, source }: { isOffline: boolean; source: DataSource }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const backups = useBackups();
  const taking = useTakeBackup();
  const list = backups.data;
  const note = list?.lastRecoveryPoint
    ? t("backups.last", { time: formats.dateTime(list.lastRecoveryPoint) })
    : undefined;

  return (
    <Page
      title={t("backups.title")}
      note={note}
      isFilling
      data-testid="backups"
      actions={
        <ActionButton
          data-testid="backup-take"
          loading={taking.isPending}
          disabledReason={whyNotTaken()}
          onClick={() => taking.mutate()}
        >
          {t("backups.take")}
        </ActionButton>
      }
    >
      {list !== undefined && <Warning list={list} source={source} />}
      {taking.isSuccess && (
        <Notice tone="done" title={t("backups.taken")} data-testid="backup-taken">
          {taking.data.fileName}
        </Notice>
      )}
      {taking.isError && (
        <Notice tone="bad" data-testid="backup-failed">
          {failureText(t, taking.error)}
        </Notice>
      )}
      {list !== undefined && list.items.length > 0 && <BackupTable items={list.items} />}
      {(list === undefined || list.items.length === 0) && (
        <div className={styles.frame}>
          {backups.isPending && <LoadingRows data-testid="backups-loading" />}
          {backups.isError && (
            <FailureState
              title={isOffline ? t("backups.offline") : t("backups.failed")}
              failure={backups.error}
              help={isOffline ? t("backups.offlineHelp") : undefined}
              onRetry={() => void backups.refetch()}
              data-testid="backups-failed"
            />
          )}
          {list !== undefined && (
            <EmptyState icon={IconDatabaseExport} title={t("backups.emptyTitle")} data-testid="backups-empty">
              {t("backups.empty")}
            </EmptyState>
          )}
        </div>
      )}
    </Page>
  );

  function whyNotTaken(): string | undefined {
    if (isOffline) return t("backups.needsServer");
    if (list?.warning !== "not_configured") return undefined;
    return source === "database" ? t("backups.notConfiguredDatabaseShort") : t("backups.notConfiguredShort");
  }
}

function Warning({ list, source }: { list: BackupList; source: DataSource }) {
  const { t } = useTranslation();
  if (list.warning === null) {
    if (list.folder === null) return null;
    return source === "embedded" ? (
      <Notice tone="calm" title={t("backups.folderHere", { folder: list.folder })} data-testid="backups-folder">
        {t("backups.recoveryKey")}
      </Notice>
    ) : (
      <Notice tone="calm" data-testid="backups-folder">
        {t("backups.folder", { folder: list.folder })}
      </Notice>
    );
  }
  const isConfigured = list.warning !== "not_configured";
  const whatToDo = source === "database" ? t("backups.notConfiguredDatabase") : t("backups.notConfiguredHelp");
  return (
    <Notice
      tone="warn"
      title={isConfigured ? t("backups.overdue") : t("backups.notConfigured")}
      data-testid="backups-warning"
    >
      {isConfigured ? t("backups.overdueHelp") : whatToDo}
    </Notice>
  );
}
