import { IconKey, IconLock, IconUserOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { UserItem } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "./administration.module.css";

/** The state in words; an icon and colour only for what is not as it should be. */
export function AccountStateWord({ user }: { user: UserItem }) {
  const { t } = useTranslation();
  const Icon = { active: null, inactive: IconUserOff, locked: IconLock }[user.state];
  const isSecretOpen = user.state === "active" && user.mustChangePassword;
  return (
    <span className={styles.state} data-tone={user.state === "locked" ? "warn" : undefined} data-state={user.state}>
      {Icon && <Icon size={18} aria-hidden />}
      {isSecretOpen && <IconKey size={18} aria-hidden />}
      {isSecretOpen ? t("users.secretOpen") : codedText(t, "accountState", user.state)}
    </span>
  );
}
