import { useTranslation } from "react-i18next";
import type { QualificationItem } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import styles from "../../../ui/register.module.css";
import { QualificationWord } from "./qualification-word";

export function QualificationFacts({ item }: { item: QualificationItem }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { row, state } = item;
  return (
    <dl className={styles.facts}>
      <dt>{t("qualifications.state")}</dt>
      <dd data-testid="qualification-state" data-state={state}>
        <QualificationWord state={state} />
      </dd>
      <dt>{t("qualifications.procedure")}</dt>
      <dd>
        {row.procedure_title} · {row.procedure_code}
      </dd>
      <dt>{t("qualifications.validUntil")}</dt>
      <dd data-testid="qualification-until">{formats.plainDate(row.valid_until)}</dd>
      <dt>{t("qualifications.grantedBy")}</dt>
      <dd>
        {formats.dateTime(row.granted_at)} · {row.granted_by_name}
      </dd>
      {row.withdrawn_at !== null && (
        <>
          <dt>{t("qualifications.withdrawnBy")}</dt>
          <dd>
            {formats.dateTime(row.withdrawn_at)} · {row.withdrawn_by_name}
          </dd>
        </>
      )}
    </dl>
  );
}
