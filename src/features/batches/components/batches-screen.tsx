import { useTranslation } from "react-i18next";
import { Page } from "../../../ui/page";
export function BatchesScreen(_: { startsWithMine: boolean; onOpen: (batchId: string) => void }) {
  const { t } = useTranslation();
  return (
    <Page title={t("batches.title")} data-testid="batches">
      {null}
    </Page>
  );
}
