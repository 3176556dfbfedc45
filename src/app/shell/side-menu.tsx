import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MenuItem } from "../../bridge/bindings";
import { codedText } from "../../texts/coded";
import { screens } from "../screens";
import styles from "./side-menu.module.css";

/** The screens of the person's role, by section; collapses to icons. */
export function SideMenu({ menu }: { menu: MenuItem[] }) {
  const { t } = useTranslation();
  const [isCollapsed, setCollapsed] = useState(false);
  const sections = [...new Set(menu.map((item) => item.section))];
  const Toggle = isCollapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const toggleText = isCollapsed ? t("shell.expand") : t("shell.collapse");
  return (
    <nav
      className={styles.menu}
      data-collapsed={isCollapsed || undefined}
      aria-label={t("shell.menu")}
      data-testid="side-menu"
    >
      <div className={styles.sections}>
        {sections.map((section) => (
          <section key={section} className={styles.section}>
            {!isCollapsed && <h2>{codedText(t, "menu.sections", section) ?? section}</h2>}
            {menu
              .filter((item) => item.section === section)
              .map((item) => (
                <Entry key={item.label} item={item} isCollapsed={isCollapsed} />
              ))}
          </section>
        ))}
      </div>
      <button
        type="button"
        className={styles.entry}
        data-testid="menu-collapse"
        aria-label={toggleText}
        aria-expanded={!isCollapsed}
        onClick={() => setCollapsed(!isCollapsed)}
      >
        <Toggle size={24} stroke={1.6} aria-hidden />
        {!isCollapsed && <span>{toggleText}</span>}
      </button>
    </nav>
  );
}

function Entry({ item, isCollapsed }: { item: MenuItem; isCollapsed: boolean }) {
  const { t } = useTranslation();
  const { link, icon: Icon } = screens[item.screen];
  const label = codedText(t, "menu.labels", item.label) ?? item.label;
  return (
    <Link
      {...link}
      className={styles.entry}
      activeOptions={{ exact: true }}
      data-testid={`menu-${item.screen.replaceAll("_", "-")}`}
      aria-label={isCollapsed ? label : undefined}
      title={isCollapsed ? label : undefined}
    >
      <Icon size={24} stroke={1.6} aria-hidden />
      {!isCollapsed && <span>{label}</span>}
    </Link>
  );
}
