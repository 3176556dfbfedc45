import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { SignedInPerson } from "../../../bridge/bindings";
import { FailureState } from "../../../ui/failure-state";
import { Page } from "../../../ui/page";
import { useReview } from "../api/review";
import { ShownReview } from "./shown-review";

export type ReviewWays = {
  onBack: () => void;
  onOpenRecord: () => void;
  onOpenDeviation: (id: string) => void;
  onOpenConflicts: () => void;
};

type Props = {
  batchId: string;
  person: SignedInPerson;
  isOffline: boolean;
  ways: ReviewWays;
  /** The batch's history, the evidence of a trail that nobody has looked at. */
  trail: ReactNode;
};

/** One finished batch as quality assurance looks at it: what is out of the ordinary, and what it rests on. */
export function ReviewScreen(props: Props) {
  const { t } = useTranslation();
  const read = useReview(props.batchId);
  if (read.isPending) {
    return (
      <Page title={t("reviews.title")}>
        <Skeleton height={420} aria-label={t("common.loading")} data-testid="review-loading" />
      </Page>
    );
  }
  if (read.isError) {
    return (
      <Page title={t("reviews.title")}>
        <FailureState
          title={t("reviews.oneFailed")}
          failure={read.error}
          help={props.isOffline ? t("reviews.offlineHelp") : undefined}
          onRetry={() => void read.refetch()}
          data-testid="review-failed"
        />
      </Page>
    );
  }
  return <ShownReview {...props} view={read.data} />;
}
