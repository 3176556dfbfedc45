import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../../../texts/failure-text";
import { useTimeZones } from "../api/time-zones";

export type PlantValues = { name: string; region: string; timeZone: string };

type Props = {
  values: PlantValues;
  onChange: (values: PlantValues) => void;
  isTried: boolean;
  failure: unknown;
};

const fields: Record<string, keyof PlantValues> = {
  name_invalid: "name",
  region_invalid: "region",
  time_zone_unknown: "timeZone",
};

/** Whether a failure is said beside a field already. */
export function isPlantFieldFailure(failure: unknown): boolean {
  return (failureCode(failure) ?? "") in fields;
}

export function isComplete(values: PlantValues): boolean {
  return Object.values(values).every((value) => value.trim() !== "");
}

export function PlantFields({ values, onChange, isTried, failure }: Props) {
  const { t } = useTranslation();
  const zones = useTimeZones();
  const refused = fields[failureCode(failure) ?? ""];
  function error(field: keyof PlantValues) {
    if (refused === field) return failureText(t, failure);
    return isTried && values[field].trim() === "" ? t("plant.required") : undefined;
  }
  return (
    <>
      <TextInput
        label={t("plant.name")}
        autoComplete="off"
        data-testid="plant-field-name"
        error={error("name")}
        value={values.name}
        onChange={(event) => onChange({ ...values, name: event.currentTarget.value })}
      />
      <TextInput
        label={t("plant.region")}
        autoComplete="off"
        data-testid="plant-field-region"
        error={error("region")}
        value={values.region}
        onChange={(event) => onChange({ ...values, region: event.currentTarget.value })}
      />
      <Select
        label={t("plant.timeZone")}
        description={t("plant.timeZoneHelp")}
        data-testid="plant-field-time-zone"
        searchable
        limit={60}
        data={zones.data ?? []}
        nothingFoundMessage={t("plant.timeZoneNone")}
        error={error("timeZone")}
        value={values.timeZone || null}
        onChange={(timeZone) => onChange({ ...values, timeZone: timeZone ?? "" })}
      />
    </>
  );
}
