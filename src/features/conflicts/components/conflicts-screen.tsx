import { Skeleton, Switch } from "@mantine/core";
import { IconArrowsSplit2 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConflictView, SignedInPerson } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { useFormats } from "../../../ui/formats";
import { Page } from "../../../ui/page";
import { useConflicts } from "../api/list-conflicts";
import { ConflictPane } from "./conflict-pane";
import styles from "./conflicts.module.css";
import { DecideSheet } from "./decide-sheet";

type Props = { person: SignedInPerson; isOffline: boolean; ways: ConflictWays };

export type ConflictWays = { onOpenBatch: (batchId: string) => void; onOpenDeviation: (deviationId: string) => void };

/** What was recorded twice, after a hold or without authority: both sides, and what quality assurance says. */
export function ConflictsScreen({ person, isOffline, ways }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [onlyOpen, setOnlyOpen] = useState(true);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [deciding, setDeciding] = useState<ConflictView | null>(null);
  const read = useConflicts(onlyOpen);
  const items = read.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = items.find(({ operationId }) => operationId === chosenId) ?? items[0];
  const count = `${formats.count(items.length)}${read.hasNextPage ? "+" : ""}`;
  return (
    <Page
      title={t("conflicts.title")}
      note={read.isSuccess ? t("conflicts.count", { count: items.length, shown: count }) : undefined}
      isFilling
      actions={
        <Switch
          size="md"
          label={t("conflicts.onlyOpen")}
          checked={onlyOpen}
          data-testid="conflicts-only-open"
          onChange={(event) => setOnlyOpen(event.currentTarget.checked)}
        />
      }
      data-testid="conflicts"
    >
      {read.isError ? (
        <FailureState
          title={isOffline ? t("registers.offlineTitle") : t("conflicts.failed")}
          failure={read.error}
          help={isOffline ? t("registers.offlineHelp") : undefined}
          onRetry={() => void read.refetch()}
          data-testid="conflicts-failed"
        />
      ) : read.isPending ? (
        <div className={styles.columns} role="status" aria-label={t("common.loading")} data-testid="conflicts-loading">
          <Skeleton height="100%" />
          <Skeleton height="100%" />
        </div>
      ) : shown === undefined ? (
        <EmptyState
          icon={IconArrowsSplit2}
          title={onlyOpen ? t("conflicts.noneOpen") : t("conflicts.none")}
          data-testid="conflicts-empty"
        >
          {t("conflicts.emptyHelp")}
        </EmptyState>
      ) : (
        <div className={styles.columns}>
          <nav className={styles.list} aria-label={t("conflicts.title")} data-testid="conflicts-list">
            <ul>
              {items.map((item) => (
                <li key={item.operationId}>
                  <button
                    type="button"
                    className={styles.line}
                    aria-current={item.operationId === shown.operationId || undefined}
                    data-testid={`conflict-row-${item.batchNumber}-${item.phaseNumber}`}
                    onClick={() => setChosenId(item.operationId)}
                  >
                    <strong>{item.batchNumber}</strong>
                    <span>{t("conflicts.step", { number: item.phaseNumber, title: item.phaseTitle })}</span>
                    <small>
                      {item.decision === null
                        ? t("conflicts.since", { time: formats.dateTime(item.kept.receivedAt) })
                        : t("conflicts.decided")}
                    </small>
                  </button>
                </li>
              ))}
            </ul>
            {read.hasNextPage && (
              <ActionButton
                variant="default"
                fullWidth
                loading={read.isFetchingNextPage}
                data-testid="conflicts-more"
                onClick={() => void read.fetchNextPage()}
              >
                {t("conflicts.more")}
              </ActionButton>
            )}
          </nav>
          <ConflictPane
            key={shown.operationId}
            conflict={shown}
            isOffline={isOffline}
            ways={ways}
            onDecide={() => setDeciding(shown)}
          />
        </div>
      )}
      {deciding !== null && <DecideSheet conflict={deciding} person={person} onClose={() => setDeciding(null)} />}
    </Page>
  );
}
