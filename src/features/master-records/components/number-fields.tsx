import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useField } from "./editor-context";
import { ChoiceField, DecimalField, WholeField } from "./fields";
import styles from "./master-records.module.css";
import { unitChoices } from "./words";

/** A number that is read or typed: also whence it comes, and what may be typed without a second person. */
export function MeasuredFields({ path }: { path: string }) {
  const { t } = useTranslation();
  const { value, set } = useField(`${path}/plausible`);
  const hasRange = value !== null && value !== undefined;
  return (
    <>
      <NumberFields path={path} />
      <ChoiceField
        path={`${path}/device`}
        label={t("masterFields.device")}
        help={t("masters.deviceHelp")}
        isNullable
        data={[{ value: "balance", label: t("deviceClasses.balance") }]}
      />
      <Checkbox
        className={styles.check}
        label={t("masterFields.plausible")}
        description={t("masters.plausibleHelp")}
        data-testid="field-plausible"
        checked={hasRange}
        onChange={({ currentTarget: { checked } }) => set(checked ? { low: "", high: "" } : null)}
      />
      {hasRange && (
        <div className={styles.pair}>
          <DecimalField path={`${path}/plausible/low`} label={t("masters.plausibleLow")} />
          <DecimalField path={`${path}/plausible/high`} label={t("masters.plausibleHigh")} />
        </div>
      )}
    </>
  );
}

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
