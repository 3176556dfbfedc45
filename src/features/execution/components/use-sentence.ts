import { useTranslation } from "react-i18next";
import type { BatchView, EntryInput, PhaseView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";

/** The device that a number comes from, or that it was typed and a second person verifies it. */
type How = { device?: string | undefined; isTyped?: boolean };

/** The one sentence that says what is recorded; the signer sees it and the record keeps it. */
export function useSentence(batch: BatchView, phase: PhaseView) {
  const { t } = useTranslation();
  const formats = useFormats();
  const step = { batch: batch.number, number: phase.number, title: phase.title };
  return (entry: EntryInput, value: string | null, reason: string | null, how: How = {}): string => {
    const plainUnit = "number" in phase.task ? phase.task.number.unit : "";
    const unit = how.device === undefined ? plainUnit : `${plainUnit} (${how.device})`;
    const shown = value === null ? "" : formats.number(value);
    switch (entry.type) {
      case "confirm":
        return t("sentence.confirmed", step);
      case "start_timer":
        return t("sentence.timerStarted", step);
      case "stop_timer":
        return reason === null
          ? t("sentence.timerStopped", step)
          : t("sentence.timerStoppedDeviation", { ...step, reason });
      case "request_sample":
        return t("sentence.sample", { ...step, container: entry.container });
      case "write_text":
        return t("sentence.text", { ...step, text: entry.text });
      case "choose":
        return reason === null
          ? t("sentence.chosen", { ...step, option: entry.option })
          : t("sentence.chosenDeviation", { ...step, option: entry.option, reason });
      case "enter_date":
        return t("sentence.date", { ...step, date: formats.plainDate(entry.date) });
      case "use_equipment":
        return t("sentence.equipmentUsed", { ...step, equipment: entry.equipment });
      case "find_clean":
        return t("sentence.foundClean", { ...step, equipment: entry.equipment });
      case "attach":
        return t("sentence.attached", { ...step, file: entry.fileName });
      case "check":
        return t("sentence.checked", step);
      case "calculate":
        return reason === null
          ? t("sentence.number", { ...step, value: shown, unit })
          : t("sentence.numberDeviation", { ...step, value: shown, unit, reason });
      case "number":
      case "take_reading":
        if (entry.lot !== null) {
          const charge = { ...step, value: shown, unit, lot: entry.lot };
          if (how.isTyped) return t("sentence.chargeTyped", { ...charge, reason });
          return reason === null ? t("sentence.charge", charge) : t("sentence.chargeDeviation", { ...charge, reason });
        }
        if (how.isTyped) return t("sentence.numberTyped", { ...step, value: shown, unit, reason });
        return reason === null
          ? t("sentence.number", { ...step, value: shown, unit })
          : t("sentence.numberDeviation", { ...step, value: shown, unit, reason });
    }
  };
}
