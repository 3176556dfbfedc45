import { useTranslation } from "react-i18next";
import type { LotView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import styles from "../../../ui/register.module.css";
import { LotStatusWord } from "./lot-status-word";

export function LotFacts({ lot }: { lot: LotView }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { row } = lot;
  const day = (text: string | null) => (text === null ? t("common.none") : formats.plainDate(text));
  return (
    <dl className={styles.facts}>
      <dt>{t("lots.status")}</dt>
      <dd data-testid="lot-status" data-status={row.status}>
        <LotStatusWord lot={lot} />
      </dd>
      <dt>{t("lots.material")}</dt>
      <dd>
        {row.material} · {row.material_code}
      </dd>
      <dt>{t("lots.quantity")}</dt>
      <dd className={styles.figure}>
        {formats.number(row.quantity)} {row.unit}
      </dd>
      <dt>{t("lots.manufacturedOn")}</dt>
      <dd>{day(row.manufactured_on)}</dd>
      <dt>{t("lots.expiresOn")}</dt>
      <dd data-testid="lot-expires">{day(row.expires_on)}</dd>
      <dt>{t("lots.retestOn")}</dt>
      <dd>{day(row.retest_on)}</dd>
      <dt>{t("lots.potency")}</dt>
      <dd className={styles.figure}>
        {row.potency_percent === null ? t("common.none") : `${formats.number(row.potency_percent)} %`}
      </dd>
      <dt>{t("lots.supplier")}</dt>
      <dd>{row.supplier ?? t("common.none")}</dd>
      <dt>{t("lots.supplierLot")}</dt>
      <dd>{row.supplier_lot ?? t("common.none")}</dd>
      <dt>{t("lots.entered")}</dt>
      <dd>
        {formats.dateTime(row.created_at)} · {row.created_by_name}
      </dd>
    </dl>
  );
}
