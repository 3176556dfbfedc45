import { TextInput } from "@mantine/core";
import { IconInbox, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ListName } from "../../../bridge/bindings";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { LoadingRows } from "../../../ui/loading-rows";
import { Notice } from "../../../ui/notice";
import { Page } from "../../../ui/page";
import { useList } from "../api/read-list";
import styles from "./list-screen.module.css";
import { ListTable } from "./list-table";

type Props = { list: ListName; isOffline: boolean };

/** What other systems of the plant recorded, to be read here. */
export function ListScreen({ list, isOffline }: Props) {
  const { t } = useTranslation();
  const read = useList(list);
  const [search, setSearch] = useState("");
  const looked = search.trim().toLowerCase();
  const rows = (read.data?.rows ?? []).filter((row) => row.cells.some((cell) => cell?.toLowerCase().includes(looked)));
  const note = read.data ? `${t("lists.rows", { count: read.data.rows.length })} · ${t("lists.readOnly")}` : undefined;
  const isEmpty = read.data?.rows.length === 0;

  return (
    <Page title={t(`lists.titles.${list}`)} note={note} isFilling data-testid={`list-${list.replaceAll("_", "-")}`}>
      {read.data !== undefined && !isEmpty && (
        <TextInput
          className={styles.search}
          aria-label={t("lists.search")}
          placeholder={t("lists.search")}
          leftSection={<IconSearch size={20} aria-hidden />}
          autoComplete="off"
          data-testid="list-search"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {read.data?.hasMore === true && (
        <Notice tone="calm" data-testid="list-has-more">
          {t("lists.hasMore", { count: read.data.rows.length })}
        </Notice>
      )}
      {read.data !== undefined && rows.length > 0 && (
        <ListTable label={t(`lists.titles.${list}`)} columns={read.data.columns} rows={rows} />
      )}
      {(read.isPending || read.isError || rows.length === 0) && (
        <div className={styles.frame}>
          {read.isPending && <LoadingRows data-testid="list-loading" />}
          {read.isError && (
            <FailureState
              title={isOffline ? t("lists.offline") : t("lists.failed")}
              failure={read.error}
              help={isOffline ? t("lists.offlineHelp") : undefined}
              onRetry={() => void read.refetch()}
              data-testid="list-failed"
            />
          )}
          {isEmpty && (
            <EmptyState icon={IconInbox} title={t("lists.emptyTitle")} data-testid="list-empty">
              {t(`lists.empty.${list}`)}
            </EmptyState>
          )}
          {read.data !== undefined && !isEmpty && rows.length === 0 && (
            <EmptyState icon={IconSearch} title={t("batches.noMatchTitle")} data-testid="list-no-match">
              {t("lists.noMatch", { search })}
            </EmptyState>
          )}
        </div>
      )}
    </Page>
  );
}
