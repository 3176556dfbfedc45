import { Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FailureState } from "../../../ui/failure-state";
import { Sheet } from "../../../ui/sheet";
import { useUser } from "../api/open-user";
import styles from "./administration.module.css";
import { ChangeUserForm } from "./change-user-form";
import { type UserAct, UserActionForm } from "./user-action-form";
import { UserDetailsPanel } from "./user-details-panel";

type Props = { userId: string; onClose: () => void };

/** One account: what it is, and what can be done about it. */
export function UserSheet({ userId, onClose }: Props) {
  const { t } = useTranslation();
  const read = useUser(userId);
  const [act, setAct] = useState<UserAct | "change" | null>(null);
  const [isKept, setKept] = useState(false);
  const back = () => {
    setKept(false);
    setAct(null);
  };
  const refresh = () => void read.refetch();
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={read.data?.user.name ?? t("users.one")}
      isKeptOpen={isKept}
      data-testid="user-sheet"
    >
      {read.isPending && <Skeleton height={240} aria-label={t("common.loading")} />}
      {read.isError && (
        <FailureState title={t("users.oneFailed")} failure={read.error} onRetry={refresh} data-testid="user-failed" />
      )}
      {read.isSuccess && (
        <div className={styles.form}>
          {act === null && <UserDetailsPanel details={read.data} onAct={setAct} />}
          {act === "change" && (
            <ChangeUserForm key={read.data.etag} details={read.data} onBack={back} onRefresh={refresh} />
          )}
          {act !== null && act !== "change" && (
            <UserActionForm act={act} details={read.data} onBack={back} onRefresh={refresh} onKeep={setKept} />
          )}
        </div>
      )}
    </Sheet>
  );
}
