import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditEntryView, AuditTrailQuery, SignedInPerson, StationStatus } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { useExportAuditTrail } from "../api/export-audit-trail";
import styles from "./audit-screen.module.css";
import { hasGaps } from "./filters";
import { ReviewSheet } from "./review-sheet";

type Props = { query: AuditTrailQuery; entries: AuditEntryView[]; person: SignedInPerson; status: StationStatus };

export function AuditActions({ query, entries, person, status }: Props) {
  const { t } = useTranslation();
  const [isExporting, setExporting] = useState(false);
  const [isReviewing, setReviewing] = useState(false);
  const isOffline = status.connection.type === "offline";
  const needsServer = isOffline ? t("audit.needsServer") : undefined;
  const cannotReview = needsServer ?? whyNotReviewed();

  // A review stands for every entry between the first and the last one, so none may be hidden.
  function whyNotReviewed(): string | undefined {
    if (entries.length === 0) return t("audit.nothingToReview");
    if (query.feed === null || hasGaps(query)) return t("audit.reviewOnePlace");
    return undefined;
  }

  return (
    <div className={styles.actions}>
      <ActionButton
        variant="default"
        data-testid="audit-export"
        disabledReason={needsServer}
        onClick={() => setExporting(true)}
      >
        {t("audit.export")}
      </ActionButton>
      {person.canReviewAudit && (
        <ActionButton data-testid="audit-review" disabledReason={cannotReview} onClick={() => setReviewing(true)}>
          {t("audit.review")}
        </ActionButton>
      )}
      <ExportSheet isOpen={isExporting} onClose={() => setExporting(false)} query={query} />
      <ReviewSheet
        isOpen={isReviewing}
        onClose={() => setReviewing(false)}
        feed={query.feed ?? ""}
        place={query.feed === status.plantId ? (status.plantName ?? "") : t("audit.system")}
        entries={entries}
        person={person}
      />
    </div>
  );
}

function ExportSheet({ isOpen, onClose, query }: { isOpen: boolean; onClose: () => void; query: AuditTrailQuery }) {
  const { t } = useTranslation();
  const exporting = useExportAuditTrail();

  function close() {
    exporting.reset();
    onClose();
  }

  return (
    <Sheet
      isOpen={isOpen}
      onClose={close}
      side="right"
      title={t("audit.exportTitle")}
      isKeptOpen={exporting.isPending}
      data-testid="audit-export-sheet"
    >
      <div className={styles.details}>
        <p>{t("audit.exportHelp")}</p>
        {exporting.isSuccess && (
          <Notice tone="done" title={t("audit.exported")} data-testid="audit-exported">
            {exporting.data}
          </Notice>
        )}
        {exporting.isError && (
          <Notice tone="bad" data-testid="audit-export-failed">
            {failureText(t, exporting.error)}
          </Notice>
        )}
        <div className={styles.narrowing}>
          <ActionButton
            data-testid="audit-export-csv"
            loading={exporting.isPending}
            onClick={() => exporting.mutate({ query, isCsv: true })}
          >
            {t("audit.exportCsv")}
          </ActionButton>
          <ActionButton
            variant="default"
            data-testid="audit-export-json"
            loading={exporting.isPending}
            onClick={() => exporting.mutate({ query, isCsv: false })}
          >
            {t("audit.exportJson")}
          </ActionButton>
        </div>
      </div>
    </Sheet>
  );
}
