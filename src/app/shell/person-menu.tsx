import { Menu } from "@mantine/core";
import { IconChevronDown, IconLogout, IconSettings, IconUserCircle } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SignedInPerson } from "../../bridge/bindings";
import { useSignOut } from "../../features/session/api/sign-out";
import { PreferenceChoices } from "../../features/settings/components/preference-choices";
import { codedText } from "../../texts/coded";
import styles from "./header.module.css";

export function PersonMenu({ person }: { person: SignedInPerson }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const signOut = useSignOut();
  return (
    <Menu width={380} closeOnItemClick>
      <Menu.Target>
        <button
          type="button"
          className={styles.person}
          data-testid="person-menu"
          aria-label={t("shell.personMenu", { name: person.name })}
        >
          <IconUserCircle size={26} stroke={1.6} aria-hidden />
          <span className={styles.words}>
            <strong data-testid="person-name">{person.name}</strong>
            <small>{codedText(t, "roles", person.role) ?? person.role}</small>
          </span>
          <IconChevronDown size={18} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown data-testid="person-menu-open">
        <PreferenceChoices />
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconSettings size={22} aria-hidden />}
          data-testid="menu-settings"
          onClick={() => void navigate({ to: "/settings" })}
        >
          {t("shell.settings")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={22} aria-hidden />}
          data-testid="sign-out"
          onClick={() => signOut.mutate()}
        >
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
