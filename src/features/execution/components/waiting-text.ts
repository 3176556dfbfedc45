import type { TFunction } from "i18next";
import type { Waiting } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";

/** What a step waits for, in a few words. */
export function waitingText(t: TFunction, waiting: Waiting | null): string {
  if (waiting === null) return "";
  const values = Object.fromEntries(waiting.values.map(({ name, value }) => [name, value]));
  return codedText(t, "waits", waiting.code, values) ?? t("waits.unknown", { code: waiting.code });
}
