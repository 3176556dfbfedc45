import { Skeleton } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { StationStatus } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { useUnsent } from "../api/list-unsent";
import { useSyncNow } from "../api/sync-now";
import { ConnectionNotice } from "./connection-notice";
import { ExportUnsent } from "./export-unsent";
import styles from "./unsent-drawer.module.css";
import { UnsentRow } from "./unsent-row";

type Props = { isOpen: boolean; onClose: () => void; status: StationStatus };

/** What waits for the server, and why. */
export function UnsentDrawer({ isOpen, onClose, status }: Props) {
  const { t } = useTranslation();
  return (
    <Sheet isOpen={isOpen} onClose={onClose} side="right" title={t("unsent.title")} data-testid="unsent-drawer">
      <div className={styles.content}>
        <ConnectionNotice status={status} />
        <UnsentList isOpen={isOpen} isOffline={status.connection.type === "offline"} />
      </div>
    </Sheet>
  );
}

function UnsentList({ isOpen, isOffline }: { isOpen: boolean; isOffline: boolean }) {
  const { t } = useTranslation();
  const unsent = useUnsent(isOpen);
  const sync = useSyncNow();
  if (unsent.isPending) return <Skeleton height={72} />;
  if (unsent.isError) {
    return (
      <FailureState
        title={t("unsent.title")}
        failure={unsent.error}
        onRetry={() => void unsent.refetch()}
        data-testid="unsent-failed"
      />
    );
  }
  if (unsent.data.length === 0) {
    return <EmptyState icon={IconCircleCheck} title={t("unsent.empty")} data-testid="unsent-empty" />;
  }
  return (
    <>
      <p>{t("unsent.safe")}</p>
      <ul className={styles.list} data-testid="unsent-list">
        {unsent.data.map((entry) => (
          <UnsentRow key={entry.operationId} entry={entry} />
        ))}
      </ul>
      {sync.isError && (
        <Notice tone="warn" data-testid="unsent-sync-error">
          {failureText(t, sync.error)}
        </Notice>
      )}
      <ActionButton data-testid="unsent-send-now" loading={sync.isPending} onClick={() => sync.mutate()}>
        {t("unsent.sendNow")}
      </ActionButton>
      {isOffline && <ExportUnsent />}
    </>
  );
}
