import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { FailureState } from "../../ui/failure-state";

export function BrokenScreen({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <FailureState
      title={t("shell.crashed")}
      failure={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
      data-testid="broken-screen"
    />
  );
}
