import type { TFunction } from "i18next";
import { CommandFailure } from "../bridge/call";
import { codedText } from "./coded";

/** What a failed command says to the person. */
export function failureText(t: TFunction, failure: unknown): string {
  if (!(failure instanceof CommandFailure)) return t("errors.bridge_broken");
  const said =
    codedText(t, "errors", failure.code, failure.values) ?? codedText(t, "unfit", failure.code, failure.values);
  return said ?? t("errors.unknown", { code: failure.code });
}

export function failureCode(failure: unknown): string | undefined {
  return failure instanceof CommandFailure ? failure.code : undefined;
}
