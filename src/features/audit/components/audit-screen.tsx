import { IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditEntryView, AuditTrailQuery, SignedInPerson, StationStatus } from "../../../bridge/bindings";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { LoadingRows } from "../../../ui/loading-rows";
import { Page } from "../../../ui/page";
import { useAuditTrail } from "../api/read-audit-trail";
import { AuditActions } from "./audit-actions";
import { AuditDetails } from "./audit-details";
import { AuditFilters } from "./audit-filters";
import styles from "./audit-screen.module.css";
import { AuditTable } from "./audit-table";
import { everything } from "./filters";

type Props = { person: SignedInPerson; status: StationStatus };

/** Who changed what, where, when and why; to be read, exported and reviewed. */
export function AuditScreen({ person, status }: Props) {
  const { t } = useTranslation();
  const [query, setQuery] = useState<AuditTrailQuery>({ ...everything, feed: status.plantId });
  const [opened, setOpened] = useState<AuditEntryView | null>(null);
  const trail = useAuditTrail(query);
  const entries = trail.data?.pages.flatMap((page) => page.entries) ?? [];
  const isOffline = status.connection.type === "offline";
  const note = trail.data === undefined ? undefined : t("audit.shown", { count: entries.length });

  function narrow(change: Partial<AuditTrailQuery>) {
    setOpened(null);
    setQuery({ ...query, ...change });
  }

  return (
    <Page
      title={t("audit.title")}
      note={note}
      isFilling
      data-testid="audit"
      actions={<AuditActions query={query} entries={entries} person={person} status={status} />}
    >
      <AuditFilters query={query} plantId={status.plantId} plantName={status.plantName} onChange={setQuery} />
      {entries.length > 0 && (
        <AuditTable
          entries={entries}
          hasMore={trail.hasNextPage}
          isLoadingMore={trail.isFetchingNextPage}
          onMore={() => void trail.fetchNextPage()}
          onOpen={setOpened}
        />
      )}
      {entries.length === 0 && (
        <div className={styles.frame}>
          {trail.isPending && <LoadingRows data-testid="audit-loading" />}
          {trail.isError && (
            <FailureState
              title={isOffline ? t("audit.offline") : t("audit.failed")}
              failure={trail.error}
              help={isOffline ? t("audit.offlineHelp") : undefined}
              onRetry={() => void trail.refetch()}
              data-testid="audit-failed"
            />
          )}
          {trail.isSuccess && (
            <EmptyState icon={IconHistory} title={t("audit.emptyTitle")} data-testid="audit-empty">
              {t("audit.empty")}
            </EmptyState>
          )}
        </div>
      )}
      <AuditDetails entry={opened} onClose={() => setOpened(null)} onNarrow={narrow} />
    </Page>
  );
}
