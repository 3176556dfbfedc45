import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ArrangementField } from "./arrangement-field";
import { useEditor, useField } from "./editor-context";
import { ChoiceField, DecimalField, TextField } from "./fields";
import styles from "./master-records.module.css";
import { placedPhases } from "./procedure";
import { unitChoices } from "./words";

/** What the record is for, and what is expected of a batch at its end. */
export function HeadForm() {
  const { t } = useTranslation();
  return (
    <>
      <TextField path="/product" label={t("masters.product")} />
      <TextField path="/product_code" label={t("masters.code")} />
      <div className={styles.pair}>
        <DecimalField path="/batch_size" label={t("masters.batchSize")} />
        <ChoiceField path="/batch_unit" label={t("masters.unit")} data={unitChoices} />
      </div>
      <ArrangementField path="/arrangement" />
      <YieldFields />
    </>
  );
}

function YieldFields() {
  const { t } = useTranslation();
  const { procedure } = useEditor();
  const { value, set } = useField("/expected_yield");
  const calculations = placedPhases(procedure)
    .filter(({ phase }) => phase.kind.type === "calculation")
    .map(({ phase }) => ({ value: phase.key, label: `${phase.key} · ${phase.title}` }));
  const first = calculations[0]?.value ?? "";
  return (
    <>
      <Checkbox
        className={styles.check}
        label={t("masterFields.expected_yield")}
        description={t("masters.yieldHelp")}
        data-testid="field-expected-yield"
        checked={value !== null}
        onChange={({ currentTarget: { checked } }) =>
          set(checked ? { phase: first, low_percent: "", high_percent: "" } : null)
        }
      />
      {value !== null && (
        <>
          <ChoiceField path="/expected_yield/phase" label={t("masters.yieldPhase")} data={calculations} />
          <div className={styles.pair}>
            <DecimalField path="/expected_yield/low_percent" label={t("masterFields.low_percent")} />
            <DecimalField path="/expected_yield/high_percent" label={t("masterFields.high_percent")} />
          </div>
        </>
      )}
    </>
  );
}
