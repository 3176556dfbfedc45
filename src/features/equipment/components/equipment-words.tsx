import { useTranslation } from "react-i18next";
import type { EquipmentItem } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { MarkedWord } from "../../../ui/marked-word";

/** What it is doing: a breakdown and a hold stand out. */
export function EquipmentStateWord({ item }: { item: EquipmentItem }) {
  const { t } = useTranslation();
  const { state } = item.row;
  const tone = state === "Breakdown" || state === "Under QA Hold" ? "bad" : "calm";
  return <MarkedWord tone={tone}>{codedText(t, "equipmentState", state) ?? state}</MarkedWord>;
}

/** Whether it is clean, and until when that counts. */
export function CleanlinessWord({ item }: { item: EquipmentItem }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { cleanliness, clean_until: until } = item.row;
  if (item.isCleaningExpired) return <MarkedWord tone="warn">{t("equipment.cleaningExpired")}</MarkedWord>;
  const word = codedText(t, "cleanliness", cleanliness) ?? cleanliness;
  if (cleanliness !== "Clean") return <MarkedWord tone="warn">{word}</MarkedWord>;
  const text = until === null ? word : t("equipment.cleanUntil", { time: formats.shortTime(until) });
  return <MarkedWord tone="calm">{text}</MarkedWord>;
}

export function CalibrationWord({ item }: { item: EquipmentItem }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const due = item.row.calibration_due;
  if (due === null) return <MarkedWord tone="calm">{t("equipment.noCalibration")}</MarkedWord>;
  const day = formats.plainDate(due);
  if (item.isCalibrationOverdue) return <MarkedWord tone="bad">{t("equipment.overdueSince", { day })}</MarkedWord>;
  return <MarkedWord tone="calm">{day}</MarkedWord>;
}
