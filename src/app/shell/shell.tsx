import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { UnsentDrawer } from "../../features/unsent/components/unsent-drawer";
import { UpdateNotice } from "../../features/updates/components/update-notice";
import { useIsHeld } from "../../ui/hold";
import { Notice } from "../../ui/notice";
import { useStation } from "../station-context";
import { Header } from "./header";
import styles from "./shell.module.css";
import { SideMenu } from "./side-menu";

export function Shell() {
  const { t } = useTranslation();
  const { person, status } = useStation();
  const [isUnsentOpen, setUnsentOpen] = useState(false);
  const isHeld = useIsHeld();
  return (
    <div className={styles.shell} data-testid="shell">
      <button type="button" className={styles.skip} onClick={focusContent} data-testid="skip-to-content">
        {t("shell.skip")}
      </button>
      <div className={styles.header} inert={isHeld}>
        <Header onUnsent={() => setUnsentOpen(true)} />
      </div>
      <div className={styles.menu} inert={isHeld}>
        <SideMenu menu={person.menu} />
      </div>
      <main className={styles.content} id="content" tabIndex={-1}>
        {person.isOffline && status.connection.type === "online" && (
          <Notice tone="calm" data-testid="person-remembered">
            {t("shell.remembered")}
          </Notice>
        )}
        <UpdateNotice update={status.update} />
        <Outlet />
      </main>
      <UnsentDrawer isOpen={isUnsentOpen} onClose={() => setUnsentOpen(false)} status={status} />
    </div>
  );
}

/** The address keeps the route after its hash, so a link to the content would leave the screen. */
function focusContent() {
  document.getElementById("content")?.focus();
}
