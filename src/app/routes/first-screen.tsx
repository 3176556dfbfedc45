import { IconLayoutSidebar } from "@tabler/icons-react";
import { Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../ui/empty-state";
import { screens } from "../screens";
import { useStation } from "../station-context";

/** The first screen of the role's menu, or the honest word that there is none yet. */
export function FirstScreen() {
  const { t } = useTranslation();
  const { person } = useStation();
  const first = person.menu[0];
  if (first !== undefined) return <Navigate {...screens[first.screen].link} replace />;
  return (
    <EmptyState icon={IconLayoutSidebar} title={t("shell.noScreens")} data-testid="no-screens">
      {t("shell.noScreensHelp")}
    </EmptyState>
  );
}
