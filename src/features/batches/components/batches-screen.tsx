import { Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BatchSort, BatchStatus } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { Page } from "../../../ui/page";
import type { TableSort } from "../../../ui/virtual-table";
import { useBatches } from "../api/list-batches";
import { BatchTable } from "./batch-table";
import styles from "./batches-screen.module.css";
import { BatchesToolbar } from "./batches-toolbar";
import { NewBatchSheet } from "./new-batch-sheet";
import { NoBatches } from "./no-batches";
import { StatusFilter } from "./status-filter";

type Props = {
  startsWithMine: boolean;
  mayMake: boolean;
  isOffline: boolean;
  onOpen: (batchId: string) => void;
};

export function BatchesScreen({ startsWithMine, mayMake, isOffline, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [search, setSearch] = useState("");
  const [statuses, setStatuses] = useState<BatchStatus[]>([]);
  const [onlyMine, setOnlyMine] = useState(startsWithMine);
  const [isMaking, setMaking] = useState(false);
  const [sort, setSort] = useState<TableSort>({ id: "started_at", isDescending: true });
  const [settledSearch] = useDebouncedValue(search.trim(), 150);
  const batches = useBatches({
    search: settledSearch,
    statuses,
    onlyMine,
    sort: sort.id as BatchSort,
    descending: sort.isDescending,
  });
  const list = batches.data;
  const asOf = list?.asOf ? t("batches.asOf", { time: formats.shortTime(list.asOf) }) : undefined;

  function clear() {
    setSearch("");
    setStatuses([]);
  }

  return (
    <Page
      title={t("batches.title")}
      note={asOf}
      isFilling
      data-testid="batches"
      actions={
        mayMake && (
          <ActionButton
            data-testid="batches-new"
            disabledReason={isOffline ? t("administration.offline") : undefined}
            onClick={() => setMaking(true)}
          >
            {t("newBatch.title")}
          </ActionButton>
        )
      }
    >
      <BatchesToolbar search={search} onSearch={setSearch} onlyMine={onlyMine} onOnlyMine={setOnlyMine} />
      <StatusFilter counts={list?.counts ?? []} chosen={statuses} onChoose={setStatuses} />
      {list?.isLoading === true && list.items.length > 0 && (
        <Notice tone="calm" data-testid="batches-still-loading">
          {t("batches.stillLoading")}
        </Notice>
      )}
      {batches.isPending && <LoadingRows />}
      {batches.isError && (
        <div className={styles.frame}>
          <FailureState
            title={t("batches.failed")}
            failure={batches.error}
            onRetry={() => void batches.refetch()}
            data-testid="batches-failed"
          />
        </div>
      )}
      {list !== undefined && !batches.isError && list.items.length > 0 && (
        <BatchTable items={list.items} sort={sort} onSort={setSort} onOpen={onOpen} />
      )}
      {list !== undefined && !batches.isError && list.items.length === 0 && (
        <div className={styles.frame}>
          <NoBatches
            isLoading={list.isLoading}
            isFiltered={settledSearch !== "" || statuses.length > 0}
            onlyMine={onlyMine}
            onClear={clear}
            onShowAll={() => setOnlyMine(false)}
          />
        </div>
      )}
      {isMaking && <NewBatchSheet onClose={() => setMaking(false)} onMade={onOpen} />}
    </Page>
  );
}

function LoadingRows() {
  const { t } = useTranslation();
  return (
    <div className={styles.skeleton} role="status" aria-label={t("common.loading")} data-testid="batches-loading">
      {[1, 2, 3, 4, 5, 6, 7].map((row) => (
        <Skeleton key={row} height={40} />
      ))}
    </div>
  );
}
