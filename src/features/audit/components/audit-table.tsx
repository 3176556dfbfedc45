import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { AuditEntryView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { type Formats, useFormats } from "../../../ui/formats";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import styles from "./audit-screen.module.css";

type Props = {
  entries: AuditEntryView[];
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
  onOpen: (entry: AuditEntryView) => void;
};

export function AuditTable({ entries, hasMore, isLoadingMore, onMore, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => columnsOf(t, formats), [t, formats]);
  return (
    <>
      <VirtualTable
        label={t("audit.title")}
        rows={entries}
        columns={columns}
        rowId={(entry) => `${entry.feed}-${entry.seq}`}
        rowTestId={(entry) => `audit-row-${entry.feed}-${entry.seq}`}
        onOpen={onOpen}
        data-testid="audit-table"
      />
      {hasMore && (
        <ActionButton variant="default" data-testid="audit-more" loading={isLoadingMore} onClick={onMore}>
          {t("audit.more")}
        </ActionButton>
      )}
    </>
  );
}

function columnsOf(t: TFunction, formats: Formats): TableColumn<AuditEntryView>[] {
  const text = (value: string | null) => <span className={styles.cell}>{value ?? t("audit.nothing")}</span>;
  return [
    { id: "at", header: t("audit.when"), width: "170px", cell: (entry) => text(formats.dateTime(entry.at)) },
    {
      id: "who",
      header: t("audit.who"),
      width: "minmax(130px, 0.8fr)",
      cell: (entry) => text(entry.actorName ?? entry.actor),
    },
    { id: "what", header: t("audit.what"), width: "minmax(110px, 0.6fr)", cell: (entry) => text(actionText(t, entry)) },
    {
      id: "record",
      header: t("audit.record"),
      width: "minmax(150px, 0.9fr)",
      cell: (entry) => text(codedText(t, "audit.entities", entry.entity) ?? entry.entity),
    },
    {
      id: "change",
      header: t("audit.change"),
      width: "minmax(240px, 2fr)",
      cell: (entry) => <ChangeInShort entry={entry} />,
    },
    { id: "reason", header: t("audit.reason"), width: "minmax(130px, 1fr)", cell: (entry) => text(entry.reason) },
    {
      id: "reviewed",
      header: t("audit.reviewed"),
      width: "minmax(110px, 0.6fr)",
      cell: (entry) => text(entry.reviewedBy ?? t("audit.notReviewed")),
    },
  ];
}

export function actionText(t: TFunction, entry: AuditEntryView): string {
  return codedText(t, "audit.actions", entry.action) ?? entry.action.replaceAll("_", " ");
}

function ChangeInShort({ entry }: { entry: AuditEntryView }) {
  const { t } = useTranslation();
  const [first] = entry.changes;
  if (entry.action !== "changed" || first === undefined) {
    return <span className={styles.cell}>{entry.detail ?? entry.recordId}</span>;
  }
  const more = entry.changes.length - 1;
  return (
    <span className={styles.cell}>
      <b>{first.field}</b> <s>{first.old ?? t("audit.nothing")}</s> <ins>{first.new ?? t("audit.nothing")}</ins>
      {more > 0 && <small> {t("audit.moreChanges", { count: more })}</small>}
    </span>
  );
}
