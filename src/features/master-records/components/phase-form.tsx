import { Checkbox, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PhaseDefinition, SignatureMeaning } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useEditor, useField } from "./editor-context";
import { AreaField, ChoiceField, KeyField, ManyField, TextField } from "./fields";
import { KindForm } from "./kind-form";
import styles from "./master-records.module.css";
import { type PhaseType, phaseTypes } from "./procedure";
import { roles } from "./words";

const meanings: SignatureMeaning[] = ["performed", "verified"];

/** One phase: what is asked, of whom, and what is signed. */
export function PhaseForm({ path }: { path: string }) {
  const { t } = useTranslation();
  const { dispatch } = useEditor();
  const phase = useField(path).value as PhaseDefinition;
  const offered = roles.map((role) => ({ value: role, label: codedText(t, "roles", role) ?? role }));
  return (
    <>
      <div className={styles.keyed}>
        <KeyField
          path={`${path}/key`}
          label={t("masterFields.key")}
          onRename={(key) => dispatch({ type: "rename", path, key })}
        />
        <TextField path={`${path}/title`} label={t("masterFields.title")} />
      </div>
      <AreaField path={`${path}/instruction`} label={t("masterFields.instruction")} />
      <Select
        label={t("masterFields.kind")}
        allowDeselect={false}
        data-path={`${path}/kind`}
        data-testid="field-kind"
        data={phaseTypes.map((type) => ({ value: type, label: codedText(t, "phaseKinds", type) ?? type }))}
        value={phase.kind.type}
        onChange={(to) => dispatch({ type: "retype", path, to: to as PhaseType })}
      />
      <KindForm path={`${path}/kind`} kind={phase.kind} phaseKey={phase.key} />
      <ManyField
        path={`${path}/performed_by`}
        label={t("masterFields.performed_by")}
        placeholder={t("masters.everyPerformer")}
        data={offered}
      />
      <ChoiceField
        path={`${path}/signature`}
        label={t("masterFields.signature")}
        help={t("masters.signatureHelp")}
        isNullable
        data={meanings.map((meaning) => ({
          value: meaning,
          label: codedText(t, "signature.meanings", meaning) ?? meaning,
        }))}
      />
      <VerificationFields path={`${path}/verification`} offered={offered} />
      <AreaField
        path={`${path}/only_if`}
        label={t("masterFields.only_if")}
        help={t("masters.conditionHelp")}
        isNullable
        rows={2}
      />
      <TextField
        path={`${path}/qualification`}
        label={t("masterFields.qualification")}
        help={t("masters.qualificationHelp")}
        isNullable
      />
    </>
  );
}

function VerificationFields({ path, offered }: { path: string; offered: { value: string; label: string }[] }) {
  const { t } = useTranslation();
  const { value, error, set } = useField(path);
  return (
    <>
      <Checkbox
        className={styles.check}
        label={t("masterFields.verification")}
        description={t("masters.verificationHelp")}
        error={value === null ? error : undefined}
        data-path={path}
        data-testid="field-verification"
        checked={value !== null}
        onChange={({ currentTarget: { checked } }) => set(checked ? { by: [] } : null)}
      />
      {value !== null && (
        <ManyField
          path={`${path}/by`}
          label={t("masters.verifiers")}
          placeholder={t("masters.everyVerifier")}
          data={offered}
        />
      )}
    </>
  );
}
