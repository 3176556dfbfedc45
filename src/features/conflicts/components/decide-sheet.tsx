import { useTranslation } from "react-i18next";
import type { ConflictView, SignatureInput, SignedInPerson } from "../../../bridge/bindings";
import { StepSheet } from "../../../ui/step-sheet";
import { useDecideConflict } from "../api/decide-conflict";

type Props = { conflict: ConflictView; person: SignedInPerson; onClose: () => void };

/** The decision is signed: of exactly the two entries that are shown. */
export function DecideSheet({ conflict, person, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const decide = useDecideConflict();
  const sentence = t("conflicts.sentence", { number: conflict.phaseNumber, batch: conflict.batchNumber });

  function send(reason: string, signature: SignatureInput | null, done: () => void) {
    if (signature === null) return;
    decide.mutate(
      {
        operationId: conflict.operationId,
        reason,
        signature: {
          contentHash: conflict.contentHash,
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
      title={t("conflicts.decide")}
      sentence={sentence}
      meaning="reviewed"
      person={person}
      isWhole
      isPending={decide.isPending}
      failure={decide.error}
      onTake={send}
      onClose={onClose}
    />
  );
}
