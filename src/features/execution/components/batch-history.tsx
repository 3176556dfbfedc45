import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import { Notice } from "../../../ui/notice";
import { useBatchHistory } from "../api/batch-history";
import styles from "./batch-actions.module.css";
import { BatchEventRow } from "./batch-event-row";

/** Everything that has happened to the batch: what, who, when and why, as the audit trail keeps it. */
export function BatchHistory({ batchId, isOffline }: { batchId: string; isOffline: boolean }) {
  const { t } = useTranslation();
  const history = useBatchHistory(batchId);
  const events = history.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {history.isPending && (
        <div role="status" aria-label={t("common.loading")} data-testid="batch-history-loading">
          {[1, 2, 3, 4].map((row) => (
            <Skeleton key={row} height={56} mb={16} />
          ))}
        </div>
      )}
      {history.isError && isOffline && (
        <Notice tone="calm" data-testid="batch-history-offline">
          {t("batchHistory.offline")}
        </Notice>
      )}
      {history.isError && !isOffline && (
        <FailureState
          title={t("batchHistory.failed")}
          failure={history.error}
          onRetry={() => void history.refetch()}
          data-testid="batch-history-failed"
        />
      )}
      <ol className={styles.events} data-testid="batch-events">
        {events.map((event) => (
          <BatchEventRow key={event.id} event={event} />
        ))}
      </ol>
      {history.hasNextPage && (
        <div className={styles.more}>
          <ActionButton
            variant="default"
            data-testid="batch-history-more"
            loading={history.isFetchingNextPage}
            onClick={() => void history.fetchNextPage()}
          >
            {t("users.more")}
          </ActionButton>
        </div>
      )}
    </>
  );
}
