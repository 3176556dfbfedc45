import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { LotDetailsInput, LotView } from "../../../bridge/bindings";
import { failureCode, failureText } from "../../../texts/failure-text";
import { useFormats } from "../../../ui/formats";
import styles from "../../../ui/register.module.css";

export type LotDetailValues = Omit<LotDetailsInput, "decimalSeparator">;

type Unit = LotView["row"]["unit"];
type Props = {
  values: LotDetailValues;
  onChange: (values: LotDetailValues) => void;
  units: Unit[];
  isTried: boolean;
  failure: unknown;
};

/** The codes of refusals that stand beside a field. */
const quantityCodes = ["quantity_invalid", "unit_unfit", "not_a_number", "too_many_digits", "too_many_places"];
const fieldCodes = [...quantityCodes, "potency_invalid", "dates_contradict", "supplier_invalid"];

export const isLotDetailFailure = (failure: unknown) => fieldCodes.includes(failureCode(failure) ?? "");

/** What is told of a lot beside its number and material. */
export function LotFields({ values, onChange, units, isTried, failure }: Props) {
  const { t } = useTranslation();
  const { decimalSeparator } = useFormats();
  const code = failureCode(failure) ?? "";
  const said = (codes: string[]) => (codes.includes(code) ? failureText(t, failure) : undefined);
  const missing = isTried && values.quantity.trim() === "" ? t("plant.required") : undefined;
  const text = (field: "supplier" | "supplierLot", label: string, name: string) => (
    <TextInput
      label={label}
      autoComplete="off"
      data-testid={`lot-field-${name}`}
      error={said(["supplier_invalid"])}
      value={values[field] ?? ""}
      onChange={(event) => onChange({ ...values, [field]: event.currentTarget.value })}
    />
  );
  const day = (field: "manufacturedOn" | "expiresOn" | "retestOn", label: string, name: string) => (
    <TextInput
      type="date"
      label={label}
      data-testid={`lot-field-${name}`}
      error={field === "expiresOn" ? said(["dates_contradict"]) : undefined}
      value={values[field] ?? ""}
      onChange={(event) => onChange({ ...values, [field]: event.currentTarget.value || null })}
    />
  );
  return (
    <>
      <div className={styles.pair}>
        <TextInput
          label={t("lots.quantity")}
          inputMode="decimal"
          autoComplete="off"
          placeholder={`125${decimalSeparator}50`}
          data-testid="lot-field-quantity"
          error={missing ?? said(quantityCodes)}
          value={values.quantity}
          onChange={(event) => onChange({ ...values, quantity: event.currentTarget.value })}
        />
        <Select
          label={t("lots.unit")}
          allowDeselect={false}
          data-testid="lot-field-unit"
          data={units}
          value={values.unit}
          onChange={(unit) => unit !== null && onChange({ ...values, unit: unit as Unit })}
        />
      </div>
      <div className={styles.pair}>
        {day("manufacturedOn", t("lots.manufacturedOn"), "manufactured")}
        {day("expiresOn", t("lots.expiresOn"), "expires")}
      </div>
      <div className={styles.pair}>
        {day("retestOn", t("lots.retestOn"), "retest")}
        <TextInput
          label={t("lots.potency")}
          inputMode="decimal"
          autoComplete="off"
          rightSection="%"
          data-testid="lot-field-potency"
          error={said(["potency_invalid"])}
          value={values.potencyPercent ?? ""}
          onChange={(event) => onChange({ ...values, potencyPercent: event.currentTarget.value })}
        />
      </div>
      <div className={styles.pair}>
        {text("supplier", t("lots.supplier"), "supplier")}
        {text("supplierLot", t("lots.supplierLot"), "supplier-lot")}
      </div>
    </>
  );
}
