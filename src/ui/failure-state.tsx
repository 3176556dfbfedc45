import { IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { failureText } from "../texts/failure-text";
import { ActionButton } from "./action-button";
import { EmptyState } from "./empty-state";

type Props = {
  title: string;
  failure: unknown;
  /** What a person can do meanwhile. */
  help?: string | undefined;
  onRetry: () => void;
  "data-testid": string;
};

/** What stands where something could not be read. */
export function FailureState({ title, failure, help, onRetry, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={IconPlugConnectedX}
      title={title}
      data-testid={rest["data-testid"]}
      action={
        <ActionButton variant="default" data-testid={`${rest["data-testid"]}-retry`} onClick={onRetry}>
          {t("common.retry")}
        </ActionButton>
      }
    >
      {failureText(t, failure)} {help}
    </EmptyState>
  );
}
