import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../../../texts/failure-text";

export type EquipmentNames = { name: string; kind: string };

type Props = {
  values: EquipmentNames;
  onChange: (values: EquipmentNames) => void;
  isTried: boolean;
  failure: unknown;
};

const codes = { name: "name_invalid", kind: "kind_invalid" };

export const isEquipmentNameFailure = (failure: unknown) => Object.values(codes).includes(failureCode(failure) ?? "");

/** What a piece of equipment is called, and what master batch records ask for it as. */
export function EquipmentFields({ values, onChange, isTried, failure }: Props) {
  const { t } = useTranslation();
  const said = (field: keyof EquipmentNames) => {
    if (isTried && values[field].trim() === "") return t("plant.required");
    return failureCode(failure) === codes[field] ? failureText(t, failure) : undefined;
  };
  return (
    <>
      <TextInput
        label={t("equipment.name")}
        autoComplete="off"
        data-testid="equipment-field-name"
        error={said("name")}
        value={values.name}
        onChange={(event) => onChange({ ...values, name: event.currentTarget.value })}
      />
      <TextInput
        label={t("equipment.kind")}
        description={t("equipment.kindHelp")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        autoComplete="off"
        data-testid="equipment-field-kind"
        error={said("kind")}
        value={values.kind}
        onChange={(event) => onChange({ ...values, kind: event.currentTarget.value })}
      />
    </>
  );
}
