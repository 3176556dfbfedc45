import { useTranslation } from "react-i18next";
import type { MasterRecordView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import styles from "./master-records.module.css";
import { MasterStatusWord } from "./master-status-word";

type Props = { view: MasterRecordView; onOpen: (id: string) => void };

/** What a person must know of a version before reading it. */
export function RecordHead({ view, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { row, procedure, authors, based_on } = view.record;
  const base = view.others.find((other) => other.id === based_on);
  // A version holds from an instant in the plant's zone, wherever it is read.
  const time = formats.inZone(view.timeZone);
  return (
    <dl className={styles.head} data-testid="master-head">
      <div>
        <dt>{t("masters.status")}</dt>
        <dd>
          <MasterStatusWord status={row.status} data-testid="master-status" />
        </dd>
      </div>
      <div>
        <dt>{t("masters.code")}</dt>
        <dd>{row.product_code}</dd>
      </div>
      <div>
        <dt>{t("masters.batchSize")}</dt>
        <dd>{t("batches.quantity", { quantity: formats.number(procedure.batch_size), unit: procedure.batch_unit })}</dd>
      </div>
      <div>
        <dt>{t("masters.effectiveFrom")}</dt>
        <dd data-testid="master-effective">
          {row.effective_from === null ? t("masters.notYet") : time(row.effective_from)}
          {row.effective_until !== null && ` – ${time(row.effective_until)}`}
        </dd>
      </div>
      <div>
        <dt>{t("masters.authors")}</dt>
        <dd data-testid="master-authors">
          {authors.length === 0 ? t("masters.system") : authors.map(({ name }) => name).join(", ")}
        </dd>
      </div>
      {base !== undefined && (
        <div>
          <dt>{t("masters.basedOn")}</dt>
          <dd>
            <button type="button" className={styles.link} data-testid="master-base" onClick={() => onOpen(base.id)}>
              {t("masters.versionOf", { version: formats.count(base.version) })}
            </button>
          </dd>
        </div>
      )}
    </dl>
  );
}
