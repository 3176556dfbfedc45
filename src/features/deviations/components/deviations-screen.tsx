import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { Page } from "../../../ui/page";
import { useDeviations } from "../api/list-deviations";
import { DeviationTable } from "./deviation-table";
import { DeviationsToolbar, everyDeviation } from "./deviations-toolbar";
import { NothingShown } from "./nothing-shown";
import { ReportSheet } from "./report-sheet";

type Props = { isOffline: boolean; onOpen: (id: string) => void };

/** Everything that went another way than the master batch record says, the newest first. */
export function DeviationsScreen({ isOffline, onOpen }: Props) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(everyDeviation);
  const [isReporting, setReporting] = useState(false);
  const [search] = useDebouncedValue(filter.search, 250);
  const read = useDeviations({ ...filter, search });
  // What was read for other words stays while the server is asked; without a server it would stay for ever.
  const isWaiting = read.isPending || (isOffline && read.isPlaceholderData);
  const rows = isWaiting ? [] : (read.data?.pages.flatMap((page) => page.items) ?? []);
  const mayReport = read.data?.pages[0]?.mayReport ?? false;
  const isFiltered = filter.status !== null || filter.severity !== null || filter.search !== "" || filter.onlyOpen;

  return (
    <Page
      title={t("deviations.title")}
      note={read.isSuccess && !isWaiting ? t("deviations.count", { count: rows.length }) : undefined}
      isFilling
      data-testid="deviations"
      actions={
        mayReport && (
          <ActionButton
            data-testid="deviations-report"
            disabledReason={isOffline ? t("administration.offline") : undefined}
            onClick={() => setReporting(true)}
          >
            {t("deviations.report")}
          </ActionButton>
        )
      }
    >
      <DeviationsToolbar filter={filter} onFilter={setFilter} />
      {rows.length > 0 && !read.isError && <DeviationTable rows={rows} onOpen={(row) => onOpen(row.id)} />}
      {read.hasNextPage && !read.isError && (
        <ActionButton
          variant="default"
          data-testid="deviations-more"
          loading={read.isFetchingNextPage}
          onClick={() => void read.fetchNextPage()}
        >
          {t("users.more")}
        </ActionButton>
      )}
      {(rows.length === 0 || read.isError) && (
        <NothingShown
          id="deviations"
          isWaiting={isWaiting}
          failure={read.error}
          isFiltered={isFiltered}
          texts={{
            failed: t("deviations.failed"),
            help: isOffline ? t("deviations.offlineHelp") : undefined,
            noMatch: t("deviations.noMatch"),
            emptyTitle: t("deviations.emptyTitle"),
            empty: t("deviations.empty"),
          }}
          onClear={() => setFilter(everyDeviation)}
          onRetry={() => void read.refetch()}
        />
      )}
      {isReporting && <ReportSheet onClose={() => setReporting(false)} onReported={onOpen} />}
    </Page>
  );
}
