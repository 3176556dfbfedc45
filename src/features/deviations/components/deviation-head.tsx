import { useTranslation } from "react-i18next";
import type { DeviationView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { DeviationStatusWord, SeverityWord } from "./deviation-marks";
import { placeOf } from "./deviation-table";
import styles from "./deviations.module.css";

type Props = { view: DeviationView; onOpenBatch: (batchId: string) => void };

/** What a person must know of a deviation before reading on. */
export function DeviationHead({ view, onOpenBatch }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { row, holds, missing } = view.record;
  const { batch_id: batchId } = row;
  const isOpen = row.status !== "Closed" && row.status !== "Rejected";
  return (
    <>
      <p className={styles.description} data-selectable data-testid="deviation-description">
        {row.description}
      </p>
      <dl className={styles.head} data-testid="deviation-head">
        <div>
          <dt>{t("deviations.status")}</dt>
          <dd>
            <DeviationStatusWord status={row.status} data-testid="deviation-status" />
          </dd>
        </div>
        <div>
          <dt>{t("deviations.severity")}</dt>
          <dd>
            <SeverityWord severity={row.severity} data-testid="deviation-severity" />
          </dd>
        </div>
        <div>
          <dt>{t("deviations.place")}</dt>
          <dd>
            {batchId === null ? (
              placeOf(t, formats, row)
            ) : (
              <button
                type="button"
                className={styles.link}
                data-testid="deviation-batch"
                onClick={() => onOpenBatch(batchId)}
              >
                {placeOf(t, formats, row)}
              </button>
            )}
          </dd>
        </div>
        <div>
          <dt>{t("deviations.cause")}</dt>
          <dd>{codedText(t, "deviationCause", row.cause) ?? row.cause}</dd>
        </div>
        <div>
          <dt>{t("deviations.opened")}</dt>
          <dd>
            {formats.dateTime(row.opened_at)}
            {row.opened_by_name !== null && ` · ${row.opened_by_name}`}
          </dd>
        </div>
      </dl>
      {holds.length > 0 && (
        <Notice tone="warn" data-testid="deviation-holds">
          {isOpen
            ? t("deviations.holds", { count: holds.length, steps: holds.map(formats.count).join(", ") })
            : t("deviations.stopped", { steps: holds.map(formats.count).join(", ") })}
        </Notice>
      )}
      {isOpen && missing.length > 0 && row.status !== "Open" && (
        <Notice tone="calm" title={t("deviations.missing")} data-testid="deviation-missing">
          <ul className={styles.missing}>
            {missing.map((code) => (
              <li key={code} data-code={code}>
                {codedText(t, "errors", code) ?? code}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}
