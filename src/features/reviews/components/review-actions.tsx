import { ActionIcon } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ReviewView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import type { Line } from "./lines";
import type { ReviewWays } from "./review-screen";
import type { Sheet } from "./review-sheets";
import styles from "./reviews.module.css";

type Props = {
  view: ReviewView;
  line: Line | undefined;
  isOffline: boolean;
  ways: ReviewWays;
  onOpen: (sheet: Sheet) => void;
};

/** What is done with the whole batch; what stands against a step is said beside it. */
export function ReviewActions({ view, line, isOffline, ways, onOpen }: Props) {
  const { t } = useTranslation();
  const isDecided = view.releaseStatus === "Released" || view.releaseStatus === "Rejected";
  const steps = view.steps.filter(({ refusal }) => refusal !== "not_under_review");
  const why = (refusal: string | null) => {
    if (isOffline) return t("administration.offline");
    if (refusal === "blockers_remain") return t("reviews.seeBelow");
    return refusal === null ? undefined : (codedText(t, "errors", refusal) ?? refusal);
  };
  return (
    <div className={styles.buttons}>
      <ActionIcon
        variant="default"
        className={styles.icon}
        aria-label={t("reviews.toList")}
        data-testid="review-back"
        onClick={ways.onBack}
      >
        <IconArrowLeft size={22} aria-hidden />
      </ActionIcon>
      <ActionButton variant="default" data-testid="review-whole-record" onClick={ways.onOpenRecord}>
        {t("reviews.wholeRecord")}
      </ActionButton>
      {isDecided && (
        <ActionButton data-testid="review-documents" onClick={() => onOpen({ type: "documents" })}>
          {t("reviews.documents")}
        </ActionButton>
      )}
      {steps.map((step) => (
        <ActionButton
          key={step.step}
          variant={step.step === "sign" || step.step === "release" ? "filled" : "default"}
          data-testid={`review-step-${step.step}`}
          disabledReason={why(step.refusal)}
          onClick={() => onOpen(step.step === "ask" ? { type: "ask", line } : { type: "sign", step, line: undefined })}
        >
          {codedText(t, "reviewSteps", step.step) ?? step.step}
        </ActionButton>
      ))}
    </div>
  );
}
