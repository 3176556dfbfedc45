import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ReviewStepView, ReviewView, SignedInPerson } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { useAcceptException, useAnswerQuery, useAskProduction } from "../api/change-review";
import { DocumentsSheet } from "./documents-sheet";
import { type Line, phaseOf } from "./lines";
import type { QueryLine } from "./query-talk";
import { SignSheet } from "./sign-sheet";
import { TextSheet } from "./text-sheet";

/** What is open over the review. */
export type Sheet =
  | { type: "accept"; line: Line }
  | { type: "ask"; line: Line | undefined }
  | { type: "answer"; line: QueryLine }
  | { type: "sign"; step: ReviewStepView; line: QueryLine | undefined }
  | { type: "documents" };

type Props = {
  view: ReviewView;
  person: SignedInPerson;
  isOffline: boolean;
  sheet: Sheet | null;
  onClose: () => void;
  onAccepted: (line: Line) => void;
};

export function ReviewSheets({ view, person, isOffline, sheet, onClose, onAccepted }: Props) {
  if (sheet === null) return null;
  if (sheet.type === "documents") return <DocumentsSheet view={view} isOffline={isOffline} onClose={onClose} />;
  if (sheet.type === "sign") {
    return <SignSheet view={view} person={person} step={sheet.step} query={sheet.line?.item.query} onClose={onClose} />;
  }
  if (sheet.type === "ask") return <AskSheet view={view} line={sheet.line} onClose={onClose} />;
  if (sheet.type === "answer") return <AnswerSheet view={view} line={sheet.line} onClose={onClose} />;
  return <AcceptSheet view={view} line={sheet.line} onClose={onClose} onAccepted={onAccepted} />;
}

type AcceptProps = { view: ReviewView; line: Line; onClose: () => void; onAccepted: (line: Line) => void };

function AcceptSheet({ view, line, onClose, onAccepted }: AcceptProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const accept = useAcceptException();
  if (line.type !== "exception") return null;
  const { exception, phaseNumber, phaseTitle, deviation } = line.item;
  const { kind, subject, evidence } = exception;
  const step =
    phaseNumber === null ? null : t("reviews.step", { number: formats.count(phaseNumber), title: phaseTitle ?? "" });
  return (
    <TextSheet
      name="review-accept"
      title={t("reviews.acceptTitle", { kind: codedText(t, "exceptionKinds", kind) ?? kind })}
      about={[deviation, step].filter((part) => part !== null).join(" · ") || t("reviews.trail")}
      label={t("reviews.comment")}
      missing={t("reviews.commentMissing")}
      save={t("reviews.acceptSave")}
      isPending={accept.isPending}
      failure={accept.error}
      onClose={onClose}
      onSave={(comment) =>
        accept.mutate(
          { batchId: view.batchId, kind, subject, evidence, comment },
          {
            onSuccess: () => {
              onAccepted(line);
              onClose();
            },
          },
        )
      }
    />
  );
}

type AskProps = { view: ReviewView; line: Line | undefined; onClose: () => void };

/** About the step of the chosen line, or about the whole batch. */
function AskSheet({ view, line, onClose }: AskProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const ask = useAskProduction();
  const [requestKey] = useState(() => crypto.randomUUID());
  const phase = phaseOf(view, line);
  const about =
    phase === undefined
      ? t("reviews.askWhole")
      : t("reviews.askAbout", {
          number: formats.count(phase.evidence.phaseNumber),
          title: phase.evidence.phaseTitle,
        });
  return (
    <TextSheet
      name="review-ask"
      title={t("reviews.askTitle")}
      about={about}
      label={t("reviews.question")}
      missing={t("reviews.questionMissing")}
      save={t("reviews.askSave")}
      isPending={ask.isPending}
      failure={ask.error}
      onClose={onClose}
      onSave={(question) =>
        ask.mutate({ batchId: view.batchId, phaseId: phase?.id ?? null, question, requestKey }, { onSuccess: onClose })
      }
    />
  );
}

type AnswerProps = { view: ReviewView; line: QueryLine; onClose: () => void };

function AnswerSheet({ view, line, onClose }: AnswerProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const answer = useAnswerQuery();
  const { query } = line.item;
  return (
    <TextSheet
      name="review-answer"
      title={t("reviews.answerTitle", { number: formats.count(query.number) })}
      about={query.question}
      label={t("reviews.answerText")}
      missing={t("reviews.answerMissing")}
      save={t("reviews.answerSave")}
      isPending={answer.isPending}
      failure={answer.error}
      onClose={onClose}
      onSave={(text) =>
        answer.mutate(
          { batchId: view.batchId, queryId: query.id, version: query.version, answer: text },
          { onSuccess: onClose },
        )
      }
    />
  );
}
