import { IconPackage } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { LoadingRows } from "../../../ui/loading-rows";
import { Page } from "../../../ui/page";
import styles from "../../../ui/register.module.css";
import { useReleases } from "../api/list-releases";
import { ReleaseSheet } from "./release-sheet";
import { ReleaseTable } from "./release-table";

/** What stations are offered, how far it has come, and how it went. */
export function ReleasesScreen({ isOffline }: { isOffline: boolean }) {
  const { t } = useTranslation();
  const releases = useReleases();
  const [openedId, setOpenedId] = useState<string | null>(null);
  const items = releases.data ?? [];
  const opened = items.find((release) => release.id === openedId);
  return (
    <Page title={t("releases.title")} isFilling data-testid="releases">
      {items.length > 0 && <ReleaseTable items={items} onOpen={(release) => setOpenedId(release.id)} />}
      {items.length === 0 && (
        <div className={styles.frame}>
          {releases.isPending && <LoadingRows data-testid="releases-loading" />}
          {releases.isError && (
            <FailureState
              title={isOffline ? t("administration.offlineTitle") : t("releases.failed")}
              failure={releases.error}
              help={isOffline ? t("releases.offlineHelp") : undefined}
              onRetry={() => void releases.refetch()}
              data-testid="releases-failed"
            />
          )}
          {releases.isSuccess && (
            <EmptyState icon={IconPackage} title={t("releases.emptyTitle")} data-testid="releases-empty">
              {t("releases.empty")}
            </EmptyState>
          )}
        </div>
      )}
      {opened !== undefined && (
        <ReleaseSheet
          key={opened.id}
          release={opened}
          isOffline={isOffline}
          onClose={() => setOpenedId(null)}
          onRefresh={() => void releases.refetch()}
        />
      )}
    </Page>
  );
}
