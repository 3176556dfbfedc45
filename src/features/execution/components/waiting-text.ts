import type { TFunction } from "i18next";
import type { Waiting } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";

/** As long as the server has not seen the value, its deviation has no code that could be named. */
export function codeOf({ code, values }: Waiting): string {
  const isNameless = values.some(({ name, value }) => name === "deviation" && value === "");
  return isNameless ? `${code}_unsent` : code;
}

/** What a step waits for, in a few words. */
export function waitingText(t: TFunction, waiting: Waiting | null): string {
  if (waiting === null) return "";
  const values = Object.fromEntries(waiting.values.map(({ name, value }) => [name, value]));
  return codedText(t, "waits", codeOf(waiting), values) ?? t("waits.unknown", { code: waiting.code });
}
