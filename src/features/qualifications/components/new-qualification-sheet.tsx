import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { codedText } from "../../../texts/coded";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ReasonForm } from "../../../ui/reason-form";
import { Sheet } from "../../../ui/sheet";
import { useCandidates, useGrantQualification } from "../api/qualifications";

/** The codes of refusals that stand beside a field. */
const codes = {
  personId: ["person_unknown", "own_qualification", "already_qualified"],
  procedureCode: ["procedure_code_invalid"],
  procedureTitle: ["procedure_title_invalid"],
  validUntil: ["valid_until_invalid"],
};

type Field = keyof typeof codes;

/** Somebody has been trained and assessed. */
export function NewQualificationSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const grant = useGrantQualification();
  const candidates = useCandidates();
  const [values, setValues] = useState({ personId: "", procedureCode: "", procedureTitle: "", validUntil: "" });
  const [isTried, setTried] = useState(false);
  // Pressed again after an answer that was lost, the same form qualifies nobody twice.
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const code = failureCode(grant.error) ?? "";
  const isOfField = Object.values(codes).flat().includes(code);

  function said(field: Field): string | undefined {
    if (isTried && values[field].trim() === "") return t("plant.required");
    return codes[field].includes(code) ? failureText(t, grant.error) : undefined;
  }
  function change(field: Field, text: string) {
    setValues({ ...values, [field]: text });
    setRequestKey(crypto.randomUUID());
    if (grant.isError) grant.reset();
  }
  const input = (field: Field, label: string, testId: string, type: "text" | "date") => (
    <TextInput
      type={type}
      label={label}
      autoComplete="off"
      data-testid={testId}
      error={said(field)}
      value={values[field]}
      onChange={(event) => change(field, event.currentTarget.value)}
    />
  );
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("qualifications.new")}
      isKeptOpen={grant.isPending}
      data-testid="new-qualification"
    >
      <ReasonForm
        sentence={t("qualifications.newHelp")}
        press={t("qualifications.grant")}
        isComplete={Object.values(values).every((text) => text.trim() !== "")}
        isPending={grant.isPending}
        failure={isOfField ? null : grant.error}
        onTry={() => setTried(true)}
        onSubmit={(reason) => grant.mutate({ ...values, reason, requestKey }, { onSuccess: onClose })}
        onCancel={onClose}
        onRefresh={grant.reset}
        data-testid="new-qualification-form"
      >
        <Select
          label={t("qualifications.person")}
          searchable
          limit={80}
          data-testid="qualification-field-person"
          error={said("personId")}
          data={(candidates.data ?? []).map(({ id, name, role }) => ({
            value: id,
            label: `${name} · ${codedText(t, "roles", role) ?? role}`,
          }))}
          value={values.personId === "" ? null : values.personId}
          onChange={(person) => change("personId", person ?? "")}
        />
        {input("procedureCode", t("qualifications.procedureCode"), "qualification-field-code", "text")}
        {input("procedureTitle", t("qualifications.procedureTitle"), "qualification-field-title", "text")}
        {input("validUntil", t("qualifications.validUntil"), "qualification-field-until", "date")}
      </ReasonForm>
    </Sheet>
  );
}
