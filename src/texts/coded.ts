import type { TFunction } from "i18next";

type CodeGroup =
  | "errors"
  | "waits"
  | "blocked"
  | "starting.steps"
  | "roles"
  | "departments"
  | "capabilities"
  | "accountState"
  | "apiKeyState"
  | "masterStatus"
  | "masterSteps"
  | "masterSentences"
  | "masterParts"
  | "masterFields"
  | "masterFaults"
  | "phaseKinds"
  | "obstacles"
  | "severity"
  | "disposition"
  | "deviationStatus"
  | "deviationSteps"
  | "deviationSentences"
  | "capaStatus"
  | "capaSteps"
  | "capaSentences"
  | "effectiveness"
  | "acceptedFiles"
  | "roundings"
  | "changeKinds"
  | "lotStatus"
  | "lotDecisions"
  | "lotSentences"
  | "equipmentState"
  | "cleanliness"
  | "equipmentActs"
  | "equipmentSentences"
  | "equipmentLog"
  | "qualificationState"
  | "unfit"
  | "conflictCauses"
  | "sessionEvents"
  | "menu.sections"
  | "menu.labels"
  | "lists.columns"
  | "lists.statuses"
  | "batchStatus"
  | "batchSteps"
  | "batchSentences"
  | "batchEvents"
  | "leasePlaces"
  | "leaseSentences"
  | "exceptionKinds"
  | "queryStatus"
  | "testConclusions"
  | "releaseBlockers"
  | "reviewSteps"
  | "reviewSentences"
  | "audit.actions"
  | "audit.entities"
  | "backups.causes"
  | "rolloutState"
  | "ring"
  | "releaseStops"
  | "deviationCause"
  | "signature.meanings";

/** The text of a code that came from the station, or `undefined` when this version has none. */
export function codedText(
  t: TFunction,
  group: CodeGroup,
  code: string,
  values: Readonly<Record<string, string>> = {},
): string | undefined {
  const read = t as unknown as (key: string, options: object) => string;
  const key = `${group}.${code}`;
  const text = read(key, { ...values, code, defaultValue: "" });
  return text === "" ? undefined : text;
}
