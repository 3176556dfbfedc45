import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditEntryView, SignatureInput, SignedInPerson } from "../../../bridge/bindings";
import { useIdentified } from "../../../bridge/identified";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { SignatureForm } from "../../../ui/signature-form";
import { useReviewAuditTrail } from "../api/review-audit-trail";
import styles from "./audit-screen.module.css";

type Props = {
  isOpen: boolean;
  onClose: () => void;
  feed: string;
  /** The feed as people call it. */
  place: string;
  /** Newest first, without a gap. */
  entries: AuditEntryView[];
  person: SignedInPerson;
};

/** Signs that the entries on the screen were reviewed; the reviewer's own wait for somebody else. */
export function ReviewSheet({ isOpen, onClose, feed, place, entries, person }: Props) {
  const { t, i18n } = useTranslation();
  const formats = useFormats();
  const review = useReviewAuditTrail();
  const { isIdentified, setIdentified } = useIdentified(person.id);
  const [comment, setComment] = useState("");
  const [newest, oldest] = [entries[0], entries[entries.length - 1]];
  if (newest === undefined || oldest === undefined) return null;
  const sentence = t("audit.reviewSentence", {
    count: entries.length,
    place,
    from: formats.dateTime(oldest.at),
    to: formats.dateTime(newest.at),
  });

  function close() {
    review.reset();
    setComment("");
    onClose();
  }

  async function sign(signature: SignatureInput) {
    if (newest === undefined || oldest === undefined || review.isPending) return;
    const done = await review
      .mutateAsync({
        feed,
        fromSeq: oldest.seq,
        toSeq: newest.seq,
        toHash: newest.hash,
        comment: comment.trim() === "" ? null : comment.trim(),
        signature,
        shownText: sentence,
        language: i18n.language,
      })
      // The form shows the failure of the request itself.
      .catch(() => undefined);
    if (done !== undefined) setIdentified();
  }

  return (
    <Sheet
      isOpen={isOpen}
      onClose={close}
      side="bottom"
      title={t("audit.reviewTitle")}
      isKeptOpen={review.isPending}
      data-testid="review-sheet"
    >
      {review.isSuccess ? (
        <div className={styles.details}>
          <Notice tone="done" title={t("audit.reviewDone")} data-testid="review-done">
            {t("audit.reviewCounts", { reviewed: review.data.entryCount, own: review.data.ownEntryCount })}
          </Notice>
          <ActionButton data-testid="review-close" onClick={close}>
            {t("common.close")}
          </ActionButton>
        </div>
      ) : (
        <div className={styles.details}>
          <Textarea
            className={styles.comment ?? ""}
            label={t("audit.comment")}
            rows={2}
            maxLength={2000}
            data-testid="review-comment"
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          <SignatureForm
            sentence={sentence}
            meaning="reviewed"
            personName={person.name}
            isIdentified={isIdentified}
            isPending={review.isPending}
            failure={review.error}
            onSign={(signature) => void sign(signature)}
            onCancel={close}
          />
        </div>
      )}
    </Sheet>
  );
}
