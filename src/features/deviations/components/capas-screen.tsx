import { Checkbox, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CapaStatus } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { Page } from "../../../ui/page";
import { type CapaFilter, useCapas } from "../api/list-capas";
import { CapaTable } from "./capa-table";
import styles from "./deviations.module.css";
import { NothingShown } from "./nothing-shown";
import { capaWay } from "./words";

const every: CapaFilter = { status: null, onlyMine: false, search: "" };

type Props = { isOffline: boolean; onOpen: (id: string) => void };

/** Everything corrective and preventive that deviations asked for, the next due first. */
export function CapasScreen({ isOffline, onOpen }: Props) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(every);
  const [search] = useDebouncedValue(filter.search, 250);
  const read = useCapas({ ...filter, search });
  const isWaiting = read.isPending || (isOffline && read.isPlaceholderData);
  const rows = isWaiting ? [] : (read.data?.pages.flatMap((page) => page.items) ?? []);

  return (
    <Page
      title={t("capas.title")}
      note={read.isSuccess && !isWaiting ? t("capas.count", { count: rows.length }) : undefined}
      isFilling
      data-testid="capas"
    >
      <div className={styles.toolbar}>
        <TextInput
          className={styles.search}
          aria-label={t("capas.search")}
          placeholder={t("capas.search")}
          autoComplete="off"
          spellCheck={false}
          leftSection={<IconSearch size={20} aria-hidden />}
          data-testid="capas-search"
          value={filter.search ?? ""}
          onChange={(event) => setFilter({ ...filter, search: event.currentTarget.value })}
        />
        <Select
          className={styles.filter}
          aria-label={t("deviations.status")}
          placeholder={t("masters.everyStatus")}
          clearable
          clearButtonProps={{ "aria-label": t("masters.everyStatus") }}
          data-testid="capas-status"
          data={capaWay.map((status) => ({ value: status, label: codedText(t, "capaStatus", status) ?? status }))}
          value={filter.status}
          onChange={(status) => setFilter({ ...filter, status: status as CapaStatus | null })}
        />
        <Checkbox
          className={styles.check}
          label={t("capas.onlyMine")}
          data-testid="capas-only-mine"
          checked={filter.onlyMine}
          onChange={(event) => setFilter({ ...filter, onlyMine: event.currentTarget.checked })}
        />
      </div>
      {rows.length > 0 && !read.isError && <CapaTable rows={rows} onOpen={(row) => onOpen(row.id)} />}
      {read.hasNextPage && !read.isError && (
        <ActionButton
          variant="default"
          data-testid="capas-more"
          loading={read.isFetchingNextPage}
          onClick={() => void read.fetchNextPage()}
        >
          {t("users.more")}
        </ActionButton>
      )}
      {(rows.length === 0 || read.isError) && (
        <NothingShown
          id="capas"
          isWaiting={isWaiting}
          failure={read.error}
          isFiltered={filter.status !== null || filter.onlyMine || filter.search !== ""}
          texts={{
            failed: t("capas.failed"),
            help: isOffline ? t("deviations.offlineHelp") : undefined,
            noMatch: t("capas.noMatch"),
            emptyTitle: t("capas.emptyTitle"),
            empty: t("capas.empty"),
          }}
          onClear={() => setFilter(every)}
          onRetry={() => void read.refetch()}
        />
      )}
    </Page>
  );
}
