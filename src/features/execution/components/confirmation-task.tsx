import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import type { TaskProps } from "./phase-task-view";
import { ScanHeard, useScanFeedback } from "./scan-feedback";
import { TaskFrame } from "./task-frame";
import { useSentence } from "./use-sentence";

export function ConfirmationTask({ batch, phase, recording, said, isSettling }: TaskProps) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const scan = useScanFeedback(null);
  const entry = { type: "confirm" } as const;
  return (
    <TaskFrame
      said={said}
      isSettling={isSettling}
      action={
        <ActionButton
          data-testid="primary-action"
          loading={recording.isPending}
          onClick={() => recording.start({ entry, sentence: sentence(entry, null, null), reason: null })}
        >
          {t("confirmation.confirm")}
        </ActionButton>
      }
    >
      <ScanHeard scan={scan} />
    </TaskFrame>
  );
}
