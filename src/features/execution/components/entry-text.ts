import type { TFunction } from "i18next";
import type { EntryView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { clockFigures, type Formats } from "../../../ui/formats";

/** What an entry recorded, as the record shows it. */
export function entryText(t: TFunction, formats: Formats, entry: EntryView): string {
  switch (entry.kind) {
    case "confirmed":
      return t("entry.confirmed");
    case "number": {
      const number = `${formats.number(entry.value ?? "")} ${entry.unit ?? ""}`.trim();
      const parts = [number];
      if (entry.lot !== null) parts.push(t("entry.lot", { lot: entry.lot }));
      if (entry.source !== null) parts.push(t("entry.from", { device: entry.source.device }));
      return parts.join(" · ");
    }
    case "timer_started":
      return t("entry.timerStarted");
    case "timer_stopped":
      return t("entry.timerStopped", { elapsed: clockFigures(entry.elapsedSeconds ?? 0) });
    case "sample_requested":
      return t("entry.sampleRequested", { container: entry.container ?? "" });
    case "text":
    case "chosen":
      return entry.text ?? "";
    case "date":
      return formats.plainDate(entry.text ?? "");
    case "equipment_used":
      return t("entry.equipmentUsed", { equipment: entry.text ?? "" });
    case "found_clean":
      return t("entry.foundClean", { equipment: entry.text ?? "" });
    case "attached":
      return t("entry.attached", { file: entry.text ?? "" });
    case "checked":
      return t("entry.checked");
  }
}

export type EntryMark = {
  name: "deviation" | "duplicate" | "not-applied" | "unsent" | "corrected" | "correction" | "manual";
  isAbnormal: boolean;
  text: string;
};

/** What is out of the ordinary about an entry, in words. */
export function entryMarks(t: TFunction, entry: EntryView): EntryMark[] {
  const marks: EntryMark[] = [];
  const verdictCause = entry.verdictCode === null ? undefined : codedText(t, "deviationCause", entry.verdictCode);
  if (entry.verdictCode !== null && verdictCause === undefined) {
    const why = codedText(t, "errors", entry.verdictCode) ?? entry.verdictCode;
    marks.push({ name: "not-applied", isAbnormal: true, text: t("entry.notApplied", { why }) });
  }
  if (entry.deviation !== null) {
    const cause = codedText(t, "deviationCause", entry.deviation) ?? entry.deviation;
    marks.push({ name: "deviation", isAbnormal: true, text: t("entry.deviation", { cause }) });
  } else if (verdictCause !== undefined) {
    marks.push({ name: "deviation", isAbnormal: true, text: t("entry.deviation", { cause: verdictCause }) });
  }
  if (!entry.isEffective && entry.verdictCode === null) {
    marks.push({ name: "duplicate", isAbnormal: true, text: t("entry.duplicate") });
  }
  if (entry.isManual) marks.push({ name: "manual", isAbnormal: true, text: t("entry.manual") });
  if (entry.isCorrected) marks.push({ name: "corrected", isAbnormal: true, text: t("entry.corrected") });
  if (entry.isCorrection) marks.push({ name: "correction", isAbnormal: true, text: t("entry.correction") });
  if (entry.isUnsent) marks.push({ name: "unsent", isAbnormal: false, text: t("entry.unsent") });
  return marks;
}
