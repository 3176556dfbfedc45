import type { TFunction } from "i18next";
import { failureCode, failureText } from "../../../texts/failure-text";
import type { UserValues } from "./user-fields";

const fields: Record<string, keyof UserValues> = {
  name_invalid: "name",
  email_invalid: "email",
  email_taken: "email",
  department_unfit: "department",
  plants_required: "plantIds",
  plant_unknown: "plantIds",
  manages_plant: "plantIds",
};

type Errors = Partial<Record<keyof UserValues, string>>;

/** What stands beside the fields: what is missing, and what the server refused of one. */
export function userErrors(t: TFunction, values: UserValues, isTried: boolean, failure: unknown): Errors {
  const errors: Errors = {};
  if (isTried && values.name.trim() === "") errors.name = t("plant.required");
  if (isTried && values.email.trim() === "") errors.email = t("plant.required");
  if (isTried && values.role === null) errors.role = t("plant.required");
  if (isTried && values.department === null) errors.department = t("plant.required");
  const field = fields[failureCode(failure) ?? ""];
  if (field !== undefined) errors[field] = failureText(t, failure);
  return errors;
}

/** Whether a failure is said beside a field already. */
export function isFieldFailure(failure: unknown): boolean {
  return (failureCode(failure) ?? "") in fields;
}
