import { IconKey, IconLockOpen, IconPencil, IconShieldOff, IconUserCheck, IconUserOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { UserDetails } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { AccountStateWord } from "./account-state-word";
import styles from "./administration.module.css";
import type { UserAct } from "./user-action-form";
import { UserSessionList } from "./user-session-list";
import { plantsText } from "./user-table";

type Props = { details: UserDetails; onAct: (act: UserAct | "change") => void };

export function UserDetailsPanel({ details, onAct }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { user, isOwn } = details;
  const others = isOwn ? t("users.ownAccount") : undefined;
  const when = (at: string | null) => (at === null ? t("users.never") : formats.dateTime(at));
  return (
    <>
      <dl className={styles.facts}>
        <dt>{t("users.state")}</dt>
        <dd data-testid="user-state" data-state={user.state}>
          <AccountStateWord user={user} />
        </dd>
        {user.lockedUntil !== null && (
          <>
            <dt>{t("users.lockedUntil")}</dt>
            <dd>{formats.dateTime(user.lockedUntil)}</dd>
          </>
        )}
        <dt>{t("users.email")}</dt>
        <dd>{user.email}</dd>
        <dt>{t("users.role")}</dt>
        <dd data-testid="user-role-word">{codedText(t, "roles", user.role) ?? user.role}</dd>
        <dt>{t("users.department")}</dt>
        <dd>{codedText(t, "departments", user.department) ?? user.department}</dd>
        <dt>{t("users.plants")}</dt>
        <dd>{plantsText(user, t)}</dd>
        {user.hasSecondFactor && (
          <>
            <dt>{t("users.factor")}</dt>
            <dd data-testid="user-factor">{t("users.factorOn")}</dd>
          </>
        )}
        <dt>{t("users.lastSignedIn")}</dt>
        <dd>{when(user.lastSignedInAt)}</dd>
        <dt>{t("users.id")}</dt>
        <dd className={styles.id}>{user.id}</dd>
      </dl>
      <div className={styles.buttons}>
        <ActionButton
          variant="default"
          leftSection={<IconPencil size={20} aria-hidden />}
          data-testid="user-change"
          onClick={() => onAct("change")}
        >
          {t("users.change")}
        </ActionButton>
        <ActionButton
          variant="default"
          leftSection={<IconKey size={20} aria-hidden />}
          data-testid="user-give-secret"
          disabledReason={isOwn ? t("users.ownPassword") : undefined}
          onClick={() => onAct("secret")}
        >
          {t("users.giveSecret")}
        </ActionButton>
        <ActionButton
          variant="default"
          leftSection={<IconLockOpen size={20} aria-hidden />}
          data-testid="user-unlock"
          onClick={() => onAct("unlock")}
        >
          {t("users.unlock")}
        </ActionButton>
        {user.hasSecondFactor && (
          <ActionButton
            variant="default"
            leftSection={<IconShieldOff size={20} aria-hidden />}
            data-testid="user-remove-factor"
            disabledReason={isOwn ? t("users.ownAccount") : undefined}
            onClick={() => onAct("factor")}
          >
            {t("users.removeFactor")}
          </ActionButton>
        )}
        {user.state === "inactive" ? (
          <ActionButton
            variant="default"
            leftSection={<IconUserCheck size={20} aria-hidden />}
            data-testid="user-reactivate"
            onClick={() => onAct("reactivate")}
          >
            {t("users.reactivate")}
          </ActionButton>
        ) : (
          <ActionButton
            variant="default"
            leftSection={<IconUserOff size={20} aria-hidden />}
            data-testid="user-deactivate"
            disabledReason={others}
            onClick={() => onAct("deactivate")}
          >
            {t("users.deactivate")}
          </ActionButton>
        )}
      </div>
      <UserSessionList userId={user.id} sessions={details.sessions} />
    </>
  );
}
