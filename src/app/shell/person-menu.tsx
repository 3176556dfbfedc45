import { Popover } from "@mantine/core";
import {
  type Icon,
  IconChevronDown,
  IconLogout,
  IconSettings,
  IconUserCircle,
  IconUserCog,
  IconUsers,
} from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignedInPerson } from "../../bridge/bindings";
import { useSignOut } from "../../features/session/api/sign-out";
import { PreferenceChoices } from "../../features/settings/components/preference-choices";
import { codedText } from "../../texts/coded";
import { failureText } from "../../texts/failure-text";
import { LeaveSheet } from "../../ui/leave-sheet";
import { Notice } from "../../ui/notice";
import { useHasUnsaved } from "../../ui/unsaved";
import styles from "./header.module.css";

type Props = { person: SignedInPerson; onChangePerson: () => void };

export function PersonMenu({ person, onChangePerson }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const [isOpen, setOpen] = useState(false);
  const hasUnsaved = useHasUnsaved();
  const [isAsking, setAsking] = useState(false);
  // What nobody has saved would go with the person.
  function ask() {
    setOpen(false);
    setAsking(true);
  }
  // The menu is open again: it is where a failure is said.
  function giveUp() {
    setAsking(false);
    setOpen(true);
    signOut.mutate();
  }
  function leaveFor(to: "/profile" | "/settings") {
    setOpen(false);
    void navigate({ to });
  }
  function changePerson() {
    setOpen(false);
    onChangePerson();
  }
  return (
    <>
      <Popover width={400} position="bottom-end" opened={isOpen} onChange={setOpen} trapFocus returnFocus>
        <Popover.Target>
          <button
            type="button"
            className={styles.person}
            data-testid="person-menu"
            aria-label={t("shell.personMenu", { name: person.name })}
            onClick={() => setOpen(!isOpen)}
          >
            <IconUserCircle size={26} stroke={1.6} aria-hidden />
            <span className={styles.words}>
              <strong data-testid="person-name">{person.name}</strong>
              <small>{codedText(t, "roles", person.role) ?? person.role}</small>
            </span>
            <IconChevronDown size={18} aria-hidden />
          </button>
        </Popover.Target>
        <Popover.Dropdown data-testid="person-menu-open" aria-label={t("shell.personMenu", { name: person.name })}>
          <PreferenceChoices />
          <div className={styles.actions}>
            <MenuAction icon={IconUserCog} data-testid="menu-profile" onPress={() => leaveFor("/profile")}>
              {t("account.title")}
            </MenuAction>
            <MenuAction icon={IconSettings} data-testid="menu-settings" onPress={() => leaveFor("/settings")}>
              {t("shell.settings")}
            </MenuAction>
            <MenuAction icon={IconUsers} data-testid="change-person" onPress={changePerson}>
              {t("changePerson.title")}
            </MenuAction>
            <MenuAction icon={IconLogout} data-testid="sign-out" onPress={hasUnsaved ? ask : () => signOut.mutate()}>
              {t("shell.signOut")}
            </MenuAction>
            {signOut.isError && (
              <Notice tone="bad" data-testid="sign-out-error">
                {failureText(t, signOut.error)}
              </Notice>
            )}
          </div>
        </Popover.Dropdown>
      </Popover>
      {isAsking && <LeaveSheet onStay={() => setAsking(false)} onLeave={giveUp} />}
    </>
  );
}

type ActionProps = { icon: Icon; onPress: () => void; children: ReactNode; "data-testid": string };

function MenuAction({ icon: Drawn, onPress, children, ...rest }: ActionProps) {
  return (
    <button type="button" className={styles.menuAction} onClick={onPress} {...rest}>
      <Drawn size={22} aria-hidden />
      {children}
    </button>
  );
}
