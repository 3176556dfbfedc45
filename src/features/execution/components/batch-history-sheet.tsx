import { useTranslation } from "react-i18next";
import type { BatchView } from "../../../bridge/bindings";
import { Sheet } from "../../../ui/sheet";
import { BatchHistory } from "./batch-history";

type Props = { batch: BatchView; isOffline: boolean; onClose: () => void };

export function BatchHistorySheet({ batch, isOffline, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("batchHistory.of", { number: batch.number })}
      data-testid="batch-history-sheet"
    >
      <BatchHistory batchId={batch.id} isOffline={isOffline} />
    </Sheet>
  );
}
