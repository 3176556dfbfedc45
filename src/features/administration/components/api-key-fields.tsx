import { Checkbox, MultiSelect, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ApiKeyChoices, Capability } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { failureCode, failureText } from "../../../texts/failure-text";
import styles from "./administration.module.css";

export type ApiKeyValues = { name: string; plantIds: string[]; scopes: Capability[]; validDays: number };

type Props = {
  values: ApiKeyValues;
  choices: ApiKeyChoices;
  onChange: (values: ApiKeyValues) => void;
  isTried: boolean;
  failure: unknown;
};

const fields: Record<string, keyof ApiKeyValues> = {
  name_invalid: "name",
  plants_required: "plantIds",
  plant_unknown: "plantIds",
  scopes_required: "scopes",
  scope_not_allowed: "scopes",
  valid_days_invalid: "validDays",
};

/** Whether a failure is said beside a field already. */
export function isApiKeyFieldFailure(failure: unknown): boolean {
  return (failureCode(failure) ?? "") in fields;
}

export function isComplete({ name, plantIds, scopes }: ApiKeyValues): boolean {
  return name.trim() !== "" && plantIds.length > 0 && scopes.length > 0;
}

export function ApiKeyFields({ values, choices, onChange, isTried, failure }: Props) {
  const { t } = useTranslation();
  const refused = fields[failureCode(failure) ?? ""];
  function error(field: keyof ApiKeyValues, isMissing: boolean, missing: string) {
    if (refused === field) return failureText(t, failure);
    return isTried && isMissing ? missing : undefined;
  }
  return (
    <>
      <TextInput
        label={t("apiKeys.name")}
        description={t("apiKeys.nameHelp")}
        autoComplete="off"
        data-testid="api-key-name"
        error={error("name", values.name.trim() === "", t("plant.required"))}
        value={values.name}
        onChange={(event) => onChange({ ...values, name: event.currentTarget.value })}
      />
      <Checkbox.Group
        label={t("apiKeys.scopes")}
        description={t("apiKeys.scopesHelp")}
        data-testid="api-key-scopes"
        error={error("scopes", values.scopes.length === 0, t("errors.scopes_required"))}
        value={values.scopes}
        onChange={(scopes) => onChange({ ...values, scopes: scopes as Capability[] })}
      >
        <div className={styles.choices}>
          {choices.scopes.map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              size="md"
              classNames={{ body: styles.choice }}
              label={codedText(t, "capabilities", scope) ?? scope}
              data-testid={`api-key-scope-${scope}`}
            />
          ))}
        </div>
      </Checkbox.Group>
      <MultiSelect
        label={t("apiKeys.plants")}
        description={t("apiKeys.plantsHelp")}
        size="md"
        inputWrapperOrder={["label", "input", "description", "error"]}
        searchable
        hidePickedOptions
        classNames={{ pillsList: styles.pills }}
        nothingFoundMessage={t("users.nothingFound")}
        data-testid="api-key-plants"
        error={error("plantIds", values.plantIds.length === 0, t("errors.plants_required"))}
        data={choices.plants.map(({ id, name }) => ({ value: id, label: name }))}
        value={values.plantIds}
        onChange={(plantIds) => onChange({ ...values, plantIds })}
      />
      <Select
        label={t("apiKeys.validFor")}
        description={t("apiKeys.validForHelp")}
        allowDeselect={false}
        data-testid="api-key-days"
        error={error("validDays", false, "")}
        data={choices.days.map((days) => ({ value: String(days), label: t("apiKeys.days", { count: days }) }))}
        value={String(values.validDays)}
        onChange={(days) => onChange({ ...values, validDays: Number(days) })}
      />
    </>
  );
}
