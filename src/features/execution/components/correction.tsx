import type { ReactNode } from "react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntryView } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { Decision } from "./decision";
import { entryText } from "./entry-text";
import type { Correction } from "./use-recording";

/** First why the old value is wrong, then the right one. */
export function useCorrection() {
  const { t } = useTranslation();
  const formats = useFormats();
  const [asked, setAsked] = useState<EntryView | null>(null);
  const [correction, setCorrection] = useState<Correction | null>(null);
  return {
    asked,
    correction,
    ask: setAsked,
    begin(reason: string) {
      if (asked === null) return;
      setCorrection({ operationId: asked.operationId, was: entryText(t, formats, asked), reason });
      setAsked(null);
    },
    leave() {
      setAsked(null);
      setCorrection(null);
    },
  };
}

type ReasonProps = { asked: EntryView; said: ReactNode; onLeave: () => void; onReason: (reason: string) => void };

export function CorrectionReason({ asked, said, onLeave, onReason }: ReasonProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const was = entryText(t, formats, asked);
  return (
    <Decision
      statement={t("correction.statement", { was })}
      question={t("correction.question")}
      back={t("correction.leave", { was })}
      keep={t("correction.goOn")}
      isPending={false}
      said={said}
      onBack={onLeave}
      onKeep={onReason}
    />
  );
}

export function CorrectionNotice({ correction, onLeave }: { correction: Correction; onLeave: () => void }) {
  const { t } = useTranslation();
  return (
    <Notice tone="warn" data-testid="correction-notice">
      <span>{t("correction.notice", { was: correction.was, reason: correction.reason })}</span>
      <ActionButton variant="default" data-testid="correction-leave" onClick={onLeave}>
        {t("correction.leave", { was: correction.was })}
      </ActionButton>
    </Notice>
  );
}
