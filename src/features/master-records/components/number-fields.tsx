import { useTranslation } from "react-i18next";
import { ChoiceField, DecimalField, WholeField } from "./fields";
import styles from "./master-records.module.css";
import { unitChoices } from "./words";

/** A number: its measure, its places and its limits. */
export function NumberFields({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <>
      <div className={styles.pair}>
        <ChoiceField path={`${path}/unit`} label={t("masterFields.unit")} data={unitChoices} />
        <WholeField path={`${path}/places`} label={t("masterFields.places")} />
      </div>
      <div className={styles.three}>
        <DecimalField path={`${path}/low`} label={t("masterFields.low")} isNullable />
        <DecimalField path={`${path}/target`} label={t("masterFields.target")} isNullable />
        <DecimalField path={`${path}/high`} label={t("masterFields.high")} isNullable />
      </div>
    </>
  );
}
