import { useTranslation } from "react-i18next";
import type { AuditEntryView, AuditTrailQuery } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { Sheet } from "../../../ui/sheet";
import styles from "./audit-screen.module.css";
import { actionText } from "./audit-table";

type Props = {
  entry: AuditEntryView | null;
  onClose: () => void;
  onNarrow: (change: Partial<AuditTrailQuery>) => void;
};

/** One entry whole: both values of every field, both times, and what it hangs on. */
export function AuditDetails({ entry, onClose, onNarrow }: Props) {
  const { t } = useTranslation();
  return (
    <Sheet isOpen={entry !== null} onClose={onClose} side="right" title={t("audit.entry")} data-testid="audit-details">
      {entry !== null && <Details entry={entry} onNarrow={onNarrow} />}
    </Sheet>
  );
}

function Details({ entry, onNarrow }: { entry: AuditEntryView; onNarrow: Props["onNarrow"] }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const facts: [string, string | null, string][] = [
    [t("audit.what"), actionText(t, entry), "audit-detail-action"],
    [t("audit.record"), codedText(t, "audit.entities", entry.entity) ?? entry.entity, "audit-detail-entity"],
    [t("audit.recordId"), entry.recordId, "audit-detail-record"],
    [t("audit.who"), entry.actorName ?? entry.actor, "audit-detail-who"],
    [t("audit.station"), entry.stationName, "audit-detail-station"],
    [t("audit.serverTime"), `${formats.date(entry.at)}, ${formats.timeWithZone(entry.at)}`, "audit-detail-server-time"],
    [
      t("audit.deviceTime"),
      entry.deviceAt === null ? null : `${formats.date(entry.deviceAt)}, ${formats.timeWithZone(entry.deviceAt)}`,
      "audit-detail-device-time",
    ],
    [t("audit.reason"), entry.reason, "audit-detail-reason"],
    [t("audit.detail"), entry.detail, "audit-detail-text"],
    [
      t("audit.reviewed"),
      entry.reviewedAt === null ? t("audit.notReviewed") : `${entry.reviewedBy}, ${formats.dateTime(entry.reviewedAt)}`,
      "audit-detail-reviewed",
    ],
    [t("audit.place"), `${entry.feed} · ${entry.seq}`, "audit-detail-place"],
    [t("audit.hash"), entry.hash, "audit-detail-hash"],
  ];
  return (
    <div className={styles.details}>
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value !== null)
          .map(([name, value, testId]) => (
            <div key={testId}>
              <dt>{name}</dt>
              <dd data-selectable data-testid={testId}>
                {value}
              </dd>
            </div>
          ))}
      </dl>
      {entry.changes.length > 0 && (
        <table className={styles.changes} data-testid="audit-changes">
          <thead>
            <tr>
              <th>{t("audit.field")}</th>
              <th>{t("audit.old")}</th>
              <th>{t("audit.new")}</th>
            </tr>
          </thead>
          <tbody>
            {entry.changes.map((change) => (
              <tr key={change.field}>
                <th scope="row">{change.field}</th>
                <td data-selectable>{change.old ?? t("audit.nothing")}</td>
                <td data-selectable>{change.new ?? t("audit.nothing")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className={styles.narrowing}>
        <ActionButton
          variant="default"
          data-testid="audit-only-record"
          onClick={() => onNarrow({ entity: entry.entity, recordId: entry.recordId, feed: null })}
        >
          {t("audit.showRecord")}
        </ActionButton>
        <ActionButton
          variant="default"
          data-testid="audit-only-person"
          onClick={() => onNarrow({ actor: entry.actor, feed: null })}
        >
          {t("audit.showPerson")}
        </ActionButton>
      </div>
    </div>
  );
}
