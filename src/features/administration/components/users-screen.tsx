import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { LoadingRows } from "../../../ui/loading-rows";
import { Page } from "../../../ui/page";
import { type UserFilter, useUsers } from "../api/list-users";
import styles from "./administration.module.css";
import { NewUserSheet } from "./new-user-sheet";
import { UserSheet } from "./user-sheet";
import { UserTable } from "./user-table";
import { UsersToolbar } from "./users-toolbar";

const everybody: UserFilter = { search: "", role: null, plantId: null, state: null, sort: "name" };

/** The accounts of the plants, for the person who administers them. */
export function UsersScreen({ isOffline }: { isOffline: boolean }) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(everybody);
  const [opened, setOpened] = useState<{ id: string } | "new" | null>(null);
  const [search] = useDebouncedValue(filter.search, 250);
  const read = useUsers({ ...filter, search });
  // What was read for other words stays while the server is asked; without a server it would stay for ever.
  const isWaiting = read.isPending || (isOffline && read.isPlaceholderData);
  const items = isWaiting ? [] : (read.data?.pages.flatMap((page) => page.items) ?? []);
  const isFiltered = JSON.stringify({ ...filter, sort: "name" }) !== JSON.stringify(everybody);
  const close = () => setOpened(null);

  return (
    <Page
      title={t("users.title")}
      note={read.isSuccess && !isWaiting ? t("users.count", { count: items.length }) : undefined}
      isFilling
      data-testid="users"
      actions={
        <ActionButton
          data-testid="users-new"
          reasonSide="left"
          disabledReason={isOffline ? t("administration.offline") : undefined}
          onClick={() => setOpened("new")}
        >
          {t("users.new")}
        </ActionButton>
      }
    >
      <UsersToolbar filter={filter} onFilter={setFilter} />
      {items.length > 0 && !read.isError && (
        <UserTable
          items={items}
          sort={filter.sort}
          onSort={(sort) => setFilter({ ...filter, sort })}
          onOpen={setOpened}
        />
      )}
      {read.hasNextPage && !read.isError && (
        <ActionButton
          variant="default"
          data-testid="users-more"
          loading={read.isFetchingNextPage}
          onClick={() => void read.fetchNextPage()}
        >
          {t("users.more")}
        </ActionButton>
      )}
      {(items.length === 0 || read.isError) && (
        <div className={styles.frame}>
          {isWaiting && <LoadingRows data-testid="users-loading" />}
          {read.isError && (
            <FailureState
              title={isOffline ? t("administration.offlineTitle") : t("users.failed")}
              failure={read.error}
              help={isOffline ? t("administration.offlineHelp") : undefined}
              onRetry={() => void read.refetch()}
              data-testid="users-failed"
            />
          )}
          {read.isSuccess && !isWaiting && isFiltered && (
            <EmptyState
              icon={IconSearch}
              title={t("batches.noMatchTitle")}
              data-testid="users-no-match"
              action={
                <ActionButton variant="default" data-testid="users-clear" onClick={() => setFilter(everybody)}>
                  {t("batches.clearFilters")}
                </ActionButton>
              }
            >
              {t("users.noMatch")}
            </EmptyState>
          )}
          {read.isSuccess && !isWaiting && !isFiltered && (
            <EmptyState icon={IconUsers} title={t("users.emptyTitle")} data-testid="users-empty">
              {t("users.empty")}
            </EmptyState>
          )}
        </div>
      )}
      {opened === "new" && <NewUserSheet onClose={close} />}
      {opened !== null && opened !== "new" && <UserSheet key={opened.id} userId={opened.id} onClose={close} />}
    </Page>
  );
}
