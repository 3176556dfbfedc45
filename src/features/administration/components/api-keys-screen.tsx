import { Select } from "@mantine/core";
import { IconKey, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiKeyItem, ApiKeyState } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { LoadingRows } from "../../../ui/loading-rows";
import { Page } from "../../../ui/page";
import { type ApiKeyFilter, useApiKeys } from "../api/list-api-keys";
import styles from "./administration.module.css";
import { ApiKeySheet } from "./api-key-sheet";
import { ApiKeyTable } from "./api-key-table";
import { NewApiKeySheet } from "./new-api-key-sheet";

const states: ApiKeyState[] = ["active", "expires_soon", "expired", "revoked"];
const every: ApiKeyFilter = { state: null };

/** What machines and reports read with, for those who give it to them. */
export function ApiKeysScreen({ isOffline }: { isOffline: boolean }) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(every);
  const [opened, setOpened] = useState<ApiKeyItem | "new" | null>(null);
  const read = useApiKeys(filter);
  // What was read for another state stays while the server is asked; without a server it would stay for ever.
  const isWaiting = read.isPending || (isOffline && read.isPlaceholderData);
  const items = isWaiting ? [] : (read.data?.pages.flatMap((page) => page.items) ?? []);
  const isEmpty = read.isSuccess && !isWaiting;
  const close = () => setOpened(null);

  return (
    <Page
      title={t("apiKeys.title")}
      note={isEmpty ? t("apiKeys.count", { count: items.length }) : undefined}
      isFilling
      data-testid="api-keys"
      actions={
        <ActionButton
          data-testid="api-keys-new"
          reasonSide="left"
          disabledReason={isOffline ? t("administration.offline") : undefined}
          onClick={() => setOpened("new")}
        >
          {t("apiKeys.new")}
        </ActionButton>
      }
    >
      <div className={styles.toolbar}>
        <Select
          className={styles.filter}
          aria-label={t("apiKeys.state")}
          placeholder={t("apiKeys.everyState")}
          clearable
          clearButtonProps={{ "aria-label": t("apiKeys.everyState") }}
          data-testid="api-keys-state"
          data={states.map((state) => ({ value: state, label: codedText(t, "apiKeyState", state) ?? state }))}
          value={filter.state}
          onChange={(state) => setFilter({ state: state as ApiKeyState | null })}
        />
      </div>
      {items.length > 0 && !read.isError && <ApiKeyTable items={items} onOpen={setOpened} />}
      {read.hasNextPage && !read.isError && (
        <ActionButton
          variant="default"
          data-testid="api-keys-more"
          loading={read.isFetchingNextPage}
          onClick={() => void read.fetchNextPage()}
        >
          {t("users.more")}
        </ActionButton>
      )}
      {(items.length === 0 || read.isError) && (
        <div className={styles.frame}>
          {isWaiting && <LoadingRows data-testid="api-keys-loading" />}
          {read.isError && (
            <FailureState
              title={isOffline ? t("administration.offlineTitle") : t("apiKeys.failed")}
              failure={read.error}
              help={isOffline ? t("apiKeys.offlineHelp") : undefined}
              onRetry={() => void read.refetch()}
              data-testid="api-keys-failed"
            />
          )}
          {isEmpty && filter.state !== null && (
            <EmptyState
              icon={IconSearch}
              title={t("batches.noMatchTitle")}
              data-testid="api-keys-no-match"
              action={
                <ActionButton variant="default" data-testid="api-keys-clear" onClick={() => setFilter(every)}>
                  {t("batches.clearFilters")}
                </ActionButton>
              }
            >
              {t("apiKeys.noMatch")}
            </EmptyState>
          )}
          {isEmpty && filter.state === null && (
            <EmptyState icon={IconKey} title={t("apiKeys.emptyTitle")} data-testid="api-keys-empty">
              {t("apiKeys.empty")}
            </EmptyState>
          )}
        </div>
      )}
      {opened === "new" && <NewApiKeySheet onClose={close} />}
      {opened !== null && opened !== "new" && <ApiKeySheet key={opened.id} item={opened} onClose={close} />}
    </Page>
  );
}
