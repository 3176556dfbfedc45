import { IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";

export function NoBatch({ onPick }: { onPick: () => void }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={IconPlayerPlay}
      title={t("execution.noBatchTitle")}
      data-testid="no-batch"
      action={
        <ActionButton data-testid="no-batch-pick" onClick={onPick}>
          {t("execution.toBatches")}
        </ActionButton>
      }
    >
      {t("execution.noBatchHelp")}
    </EmptyState>
  );
}
