import { useTranslation } from "react-i18next";
import type { PhaseView } from "../../../bridge/bindings";
import { Sheet } from "../../../ui/sheet";
import { SignatureForm } from "../../../ui/signature-form";
import type { Recording } from "./use-recording";

type Props = { phase: PhaseView; personName: string; recording: Recording };

/** Comes from below when a step must be signed. */
export function SignatureSheet({ phase, personName, recording }: Props) {
  const { t } = useTranslation();
  const { signing, meaning } = recording;
  return (
    <Sheet
      isOpen={signing !== null}
      onClose={recording.cancelSigning}
      side="bottom"
      title={t("signature.title", { number: phase.number })}
      isKeptOpen={recording.isPending}
      data-testid="signature-sheet"
    >
      {signing !== null && meaning !== null && (
        <SignatureForm
          sentence={signing.sentence}
          meaning={meaning}
          personName={personName}
          isIdentified={recording.isIdentified}
          isPending={recording.isPending}
          failure={recording.failure}
          onSign={recording.sign}
          onCancel={recording.cancelSigning}
        />
      )}
    </Sheet>
  );
}
