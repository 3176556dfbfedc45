import { useTranslation } from "react-i18next";
import type { ReviewQuery, ReviewStepView, ReviewView, SignatureInput, SignedInPerson } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { StepSheet } from "../../../ui/step-sheet";
import { useSignReviewStep } from "../api/change-review";

type Props = {
  view: ReviewView;
  person: SignedInPerson;
  step: ReviewStepView;
  /** The one that is closed. */
  query: ReviewQuery | undefined;
  onClose: () => void;
};

/** A step of the review that is signed: of exactly what is shown, with the sentence that says what. */
export function SignSheet({ view, person, step: { step, meaning }, query, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const formats = useFormats();
  const sign = useSignReviewStep();
  const sentence =
    codedText(t, "reviewSentences", step, {
      number: view.number,
      product: view.product,
      quantity: formats.number(view.quantity),
      unit: view.unit,
      query: query === undefined ? "" : formats.count(query.number),
    }) ?? "";

  function send(reason: string, signature: SignatureInput | null, done: () => void) {
    if (signature === null) return;
    sign.mutate(
      {
        batchId: view.batchId,
        step,
        queryId: query?.id ?? null,
        version: query === undefined ? view.version : String(query.version),
        reason,
        signature: {
          contentHash: query?.content_hash ?? view.contentHash,
          shownText: sentence,
          language: i18n.language,
          ...signature,
        },
      },
      { onSuccess: done },
    );
  }

  return (
    <StepSheet
      title={codedText(t, "reviewSteps", step) ?? step}
      sentence={sentence}
      meaning={meaning}
      person={person}
      isWhole
      isPending={sign.isPending}
      failure={sign.error}
      onTake={send}
      onClose={onClose}
    />
  );
}
