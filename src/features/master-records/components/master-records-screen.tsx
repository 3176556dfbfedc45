import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { Page } from "../../../ui/page";
import { useMasterRecords } from "../api/list-master-records";
import { ImportSheet } from "./import-sheet";
import { MasterRecordTable } from "./master-record-table";
import styles from "./master-records.module.css";
import { every, MasterRecordsToolbar } from "./master-records-toolbar";
import { NewRecordSheet } from "./new-record-sheet";
import { NoMasterRecords } from "./no-master-records";

type Props = { isOffline: boolean; onOpen: (id: string) => void; onEdit: (id: string) => void };

/** Every version of every product's master batch record. */
export function MasterRecordsScreen({ isOffline, onOpen, onEdit }: Props) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(every);
  const [opened, setOpened] = useState<"new" | "import" | null>(null);
  const [search] = useDebouncedValue(filter.search, 250);
  const read = useMasterRecords({ ...filter, search });
  // What was read for other words stays while the server is asked; without a server it would stay for ever.
  const isWaiting = read.isPending || (isOffline && read.isPlaceholderData);
  const rows = isWaiting ? [] : (read.data?.pages.flatMap((page) => page.items) ?? []);
  const mayAuthor = read.data?.pages[0]?.mayAuthor ?? false;
  const needsServer = isOffline ? t("administration.offline") : undefined;

  return (
    <Page
      title={t("masters.title")}
      note={read.isSuccess && !isWaiting ? t("masters.count", { count: rows.length }) : undefined}
      isFilling
      data-testid="masters"
      actions={
        mayAuthor && (
          <div className={styles.buttons}>
            <ActionButton
              variant="default"
              data-testid="masters-import"
              disabledReason={needsServer}
              onClick={() => setOpened("import")}
            >
              {t("masters.import")}
            </ActionButton>
            <ActionButton data-testid="masters-new" disabledReason={needsServer} onClick={() => setOpened("new")}>
              {t("masters.new")}
            </ActionButton>
          </div>
        )
      }
    >
      <MasterRecordsToolbar filter={filter} onFilter={setFilter} />
      {rows.length > 0 && !read.isError && <MasterRecordTable rows={rows} onOpen={(row) => onOpen(row.id)} />}
      {read.hasNextPage && !read.isError && (
        <ActionButton
          variant="default"
          data-testid="masters-more"
          loading={read.isFetchingNextPage}
          onClick={() => void read.fetchNextPage()}
        >
          {t("users.more")}
        </ActionButton>
      )}
      {(rows.length === 0 || read.isError) && (
        <NoMasterRecords
          isWaiting={isWaiting}
          failure={read.error}
          isOffline={isOffline}
          isFiltered={filter.status !== null || filter.search !== ""}
          mayAuthor={mayAuthor}
          onClear={() => setFilter(every)}
          onRetry={() => void read.refetch()}
        />
      )}
      {opened === "new" && <NewRecordSheet onClose={() => setOpened(null)} onMade={onEdit} />}
      {opened === "import" && <ImportSheet onClose={() => setOpened(null)} onMade={onOpen} />}
    </Page>
  );
}
