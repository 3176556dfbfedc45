import { IconFileText, IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { LoadingRows } from "../../../ui/loading-rows";
import styles from "./master-records.module.css";

type Props = {
  isWaiting: boolean;
  failure: Error | null;
  isOffline: boolean;
  isFiltered: boolean;
  mayAuthor: boolean;
  onClear: () => void;
  onRetry: () => void;
};

/** What stands where no version can be shown. */
export function NoMasterRecords(props: Props) {
  const { isWaiting, failure, isOffline, isFiltered, mayAuthor, onClear, onRetry } = props;
  const { t } = useTranslation();
  return (
    <div className={styles.frame}>
      {failure === null && isWaiting && <LoadingRows data-testid="masters-loading" />}
      {failure !== null && (
        <FailureState
          title={t("masters.failed")}
          failure={failure}
          help={isOffline ? t("masters.offlineHelp") : undefined}
          onRetry={onRetry}
          data-testid="masters-failed"
        />
      )}
      {failure === null && !isWaiting && isFiltered && (
        <EmptyState
          icon={IconSearch}
          title={t("batches.noMatchTitle")}
          data-testid="masters-no-match"
          action={
            <ActionButton variant="default" data-testid="masters-clear" onClick={onClear}>
              {t("batches.clearFilters")}
            </ActionButton>
          }
        >
          {t("masters.noMatch")}
        </EmptyState>
      )}
      {failure === null && !isWaiting && !isFiltered && (
        <EmptyState icon={IconFileText} title={t("masters.emptyTitle")} data-testid="masters-empty">
          {mayAuthor ? t("masters.empty") : t("masters.emptyReader")}
        </EmptyState>
      )}
    </div>
  );
}
