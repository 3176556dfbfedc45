import { IconSearch } from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "./action-button";
import { EmptyState } from "./empty-state";
import { FailureState } from "./failure-state";
import { LoadingRows } from "./loading-rows";
import { Page } from "./page";
import styles from "./register.module.css";

/** How far a list that comes page by page has been read. */
type Reading = {
  isPending: boolean;
  isError: boolean;
  isSuccess: boolean;
  isPlaceholderData: boolean;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

type Words = { title: string; note: string; add: string; failed: string; emptyTitle: string; empty: string };

type Props = {
  /** The first part of its test ids. */
  name: string;
  words: Words;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  isOffline: boolean;
  read: Reading;
  count: number;
  isFiltered: boolean;
  onClear: () => void;
  /** Where the person may add one. */
  onAdd: (() => void) | undefined;
  toolbar: ReactNode;
  table: ReactNode;
  children: ReactNode;
};

/** A list that lies at the server, with what stands in its place while there is nothing to show. */
export function RegisterScreen(props: Props) {
  const { name, words, icon, isOffline, read, count, isFiltered, onClear, onAdd, toolbar, table, children } = props;
  const { t } = useTranslation();
  // What was read for other words stays while the server is asked; without a server it would stay for ever.
  const isWaiting = read.isPending || (isOffline && read.isPlaceholderData);
  const shown = isWaiting ? 0 : count;
  return (
    <Page
      title={words.title}
      note={read.isSuccess && !isWaiting ? words.note : undefined}
      isFilling
      data-testid={name}
      actions={
        onAdd !== undefined && (
          <ActionButton
            data-testid={`${name}-new`}
            reasonSide="left"
            disabledReason={isOffline ? t("administration.offline") : undefined}
            onClick={onAdd}
          >
            {words.add}
          </ActionButton>
        )
      }
    >
      {toolbar}
      {shown > 0 && !read.isError && table}
      {read.hasNextPage && !read.isError && (
        <ActionButton
          variant="default"
          data-testid={`${name}-more`}
          loading={read.isFetchingNextPage}
          onClick={() => void read.fetchNextPage()}
        >
          {t("registers.more")}
        </ActionButton>
      )}
      {(shown === 0 || read.isError) && (
        <div className={styles.frame}>
          {isWaiting && !read.isError && <LoadingRows data-testid={`${name}-loading`} />}
          {read.isError && (
            <FailureState
              title={isOffline ? t("registers.offlineTitle") : words.failed}
              failure={read.error}
              help={isOffline ? t("registers.offlineHelp") : undefined}
              onRetry={() => void read.refetch()}
              data-testid={`${name}-failed`}
            />
          )}
          {read.isSuccess && !isWaiting && isFiltered && (
            <EmptyState
              icon={IconSearch}
              title={t("batches.noMatchTitle")}
              data-testid={`${name}-no-match`}
              action={
                <ActionButton variant="default" data-testid={`${name}-clear`} onClick={onClear}>
                  {t("batches.clearFilters")}
                </ActionButton>
              }
            >
              {t("registers.noMatch")}
            </EmptyState>
          )}
          {read.isSuccess && !isWaiting && !isFiltered && (
            <EmptyState icon={icon} title={words.emptyTitle} data-testid={`${name}-empty`}>
              {words.empty}
            </EmptyState>
          )}
        </div>
      )}
      {children}
    </Page>
  );
}
