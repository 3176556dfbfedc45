import { IconFlag, IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { LoadingRows } from "../../../ui/loading-rows";
import styles from "./deviations.module.css";

type Props = {
  id: "deviations" | "capas";
  isWaiting: boolean;
  failure: Error | null;
  isFiltered: boolean;
  texts: { failed: string; help: string | undefined; noMatch: string; emptyTitle: string; empty: string };
  onClear: () => void;
  onRetry: () => void;
};

/** What stands where no row can be shown. */
export function NothingShown({ id, isWaiting, failure, isFiltered, texts, onClear, onRetry }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.frame}>
      {failure === null && isWaiting && <LoadingRows data-testid={`${id}-loading`} />}
      {failure !== null && (
        <FailureState
          title={texts.failed}
          failure={failure}
          help={texts.help}
          onRetry={onRetry}
          data-testid={`${id}-failed`}
        />
      )}
      {failure === null && !isWaiting && isFiltered && (
        <EmptyState
          icon={IconSearch}
          title={t("batches.noMatchTitle")}
          data-testid={`${id}-no-match`}
          action={
            <ActionButton variant="default" data-testid={`${id}-clear`} onClick={onClear}>
              {t("batches.clearFilters")}
            </ActionButton>
          }
        >
          {texts.noMatch}
        </EmptyState>
      )}
      {failure === null && !isWaiting && !isFiltered && (
        <EmptyState icon={IconFlag} title={texts.emptyTitle} data-testid={`${id}-empty`}>
          {texts.empty}
        </EmptyState>
      )}
    </div>
  );
}
