import { IconFilterOff, IconListDetails, IconRefresh, IconUserOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";

type Props = {
  isLoading: boolean;
  isFiltered: boolean;
  onlyMine: boolean;
  onClear: () => void;
  onShowAll: () => void;
};

/** Why the list is empty: still arriving, nothing fits, none is the person's, or none exists. */
export function NoBatches({ isLoading, isFiltered, onlyMine, onClear, onShowAll }: Props) {
  const { t } = useTranslation();
  if (isLoading) {
    return (
      <EmptyState icon={IconRefresh} title={t("batches.loadingTitle")} data-testid="batches-arriving">
        {t("batches.loadingHelp")}
      </EmptyState>
    );
  }
  if (isFiltered) {
    return (
      <EmptyState
        icon={IconFilterOff}
        title={t("batches.noMatchTitle")}
        data-testid="batches-no-match"
        action={
          <ActionButton variant="default" data-testid="batches-clear-filters" onClick={onClear}>
            {t("batches.clearFilters")}
          </ActionButton>
        }
      >
        {t("batches.noMatchHelp")}
      </EmptyState>
    );
  }
  if (onlyMine) {
    return (
      <EmptyState
        icon={IconUserOff}
        title={t("batches.noneMineTitle")}
        data-testid="batches-none-mine"
        action={
          <ActionButton variant="default" data-testid="batches-show-all" onClick={onShowAll}>
            {t("batches.showAll")}
          </ActionButton>
        }
      >
        {t("batches.noneMineHelp")}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconListDetails} title={t("batches.emptyTitle")} data-testid="batches-empty">
      {t("batches.emptyHelp")}
    </EmptyState>
  );
}
