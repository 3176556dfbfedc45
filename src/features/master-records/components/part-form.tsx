import { Fieldset } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { codedText } from "../../../texts/coded";
import { ArrangementField } from "./arrangement-field";
import { useEditor } from "./editor-context";
import { AreaField, CheckField, ChoiceField, DecimalField, KeyField, TextField } from "./fields";
import { HeadForm } from "./head-form";
import styles from "./master-records.module.css";
import { PhaseForm } from "./phase-form";
import { kindOfPart, read } from "./pointer";
import { unitChoices } from "./words";

/** The form of the part that is selected. */
export function PartForm({ path }: { path: string }) {
  const { t } = useTranslation();
  const { procedure } = useEditor();
  const kind = kindOfPart(path);
  if (read(procedure, path) === undefined) return null;
  return (
    // Another part is another form: nothing that was half typed in one stays in the next.
    <Fieldset
      key={path}
      className={styles.fields}
      legend={codedText(t, "masterParts", kind)}
      data-testid="part-form"
      data-part={path}
    >
      {kind === "head" && <HeadForm />}
      {kind === "line" && <LineForm path={path} />}
      {(kind === "unit" || kind === "operation") && <GroupForm path={path} />}
      {kind === "phase" && <PhaseForm path={path} />}
    </Fieldset>
  );
}

function LineForm({ path }: { path: string }) {
  const { t } = useTranslation();
  const { dispatch } = useEditor();
  return (
    <>
      <KeyField
        path={`${path}/key`}
        label={t("masterFields.key")}
        help={t("masters.keyHelp")}
        onRename={(key) => dispatch({ type: "rename", path, key })}
      />
      <TextField path={`${path}/material`} label={t("masterFields.material")} />
      <TextField path={`${path}/material_code`} label={t("masterFields.material_code")} />
      <div className={styles.pair}>
        <DecimalField path={`${path}/quantity`} label={t("masterFields.quantity")} />
        <ChoiceField path={`${path}/unit`} label={t("masterFields.unit")} data={unitChoices} />
      </div>
      <DecimalField
        path={`${path}/tolerance_percent`}
        label={t("masterFields.tolerance_percent")}
        help={t("masters.toleranceHelp")}
      />
      <CheckField
        path={`${path}/is_by_potency`}
        label={t("masterFields.is_by_potency")}
        help={t("masters.potencyHelp")}
      />
    </>
  );
}

function GroupForm({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <>
      <TextField path={`${path}/name`} label={t("masterFields.name")} />
      <ArrangementField path={`${path}/arrangement`} />
      <AreaField
        path={`${path}/only_if`}
        label={t("masterFields.only_if")}
        help={t("masters.conditionHelp")}
        isNullable
        rows={2}
      />
    </>
  );
}
