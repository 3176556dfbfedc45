import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BatchView, EntryInput, EntryReceipt, PhaseView, SignatureInput } from "../../../bridge/bindings";
import { useIdentified } from "../../../bridge/identified";
import { useRecordEntry } from "../api/record-entry";

/** What a person is about to record, with the sentence that is shown and, where it must be, signed. */
export type Draft = { entry: EntryInput; sentence: string; reason: string | null };

/** The entry in whose place another one comes, and why. */
export type Correction = { operationId: string; was: string; reason: string };

export type Recording = ReturnType<typeof useRecording>;

/** From a confirmed task to its receipt, by way of the signature sheet where the step must be signed. */
export function useRecording(
  batch: BatchView,
  phase: PhaseView,
  personId: string,
  onReceipt: (receipt: EntryReceipt) => void,
  correction: Correction | null,
) {
  const { i18n } = useTranslation();
  const request = useRecordEntry();
  const { isIdentified, setIdentified } = useIdentified(personId);
  const [signing, setSigning] = useState<Draft | null>(null);
  const meaning = correction === null ? phase.signature : phase.correctionSignature;

  async function send(draft: Draft, signature: SignatureInput | null) {
    const receipt = await request
      .mutateAsync({
        batchId: batch.id,
        phaseId: phase.id,
        version: phase.version,
        entry: draft.entry,
        corrects: correction?.operationId ?? null,
        reason: reasonOf(draft, correction),
        signature,
        shownText: draft.sentence,
        language: i18n.language,
      })
      // The screen shows the failure of the request itself.
      .catch(() => undefined);
    if (receipt === undefined) return;
    if (signature !== null) setIdentified();
    setSigning(null);
    // Said even when the step that asked is no longer on the screen.
    onReceipt(receipt);
  }

  return {
    signing,
    /** What the signature means, when one is needed. */
    meaning,
    isIdentified,
    isPending: request.isPending,
    failure: request.error,
    start(draft: Draft) {
      if (request.isPending) return;
      request.reset();
      if (meaning === null) void send(draft, null);
      else setSigning(draft);
    },
    sign(signature: SignatureInput) {
      if (signing !== null && !request.isPending) void send(signing, signature);
    },
    cancelSigning() {
      request.reset();
      setSigning(null);
    },
    forgetFailure: request.reset,
  };
}

/** Why the old value was wrong, and why the new one lies outside its limits where it does. */
function reasonOf(draft: Draft, correction: Correction | null): string | null {
  const reasons = [correction?.reason, draft.reason].filter((reason) => reason !== undefined && reason !== null);
  return reasons.length === 0 ? null : reasons.join(" · ");
}
