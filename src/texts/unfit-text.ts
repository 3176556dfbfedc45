import type { TFunction } from "i18next";
import type { NamedValue } from "../bridge/bindings";
import { codedText } from "./coded";

type Days = { plainDate: (day: string) => string; dateTime: (instant: string) => string };

/** What is the matter with a lot, a piece of equipment or a qualification, and what to do about it, in a sentence. */
export function unfitText(t: TFunction, days: Days, unfit: { code: string; values: NamedValue[] }): string | undefined {
  const shown = ({ name, value }: NamedValue) => {
    if (name === "day") return [name, days.plainDate(value)];
    return [name, name === "time" ? days.dateTime(value) : value];
  };
  return codedText(t, "unfit", unfit.code, Object.fromEntries(unfit.values.map(shown)));
}
