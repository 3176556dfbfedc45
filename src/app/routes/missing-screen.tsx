import { IconMapOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../ui/empty-state";

export function MissingScreen() {
  const { t } = useTranslation();
  return <EmptyState icon={IconMapOff} title={t("shell.missing")} data-testid="missing-screen" />;
}
