import type { TFunction } from "i18next";
import type { NumberParameter, PhaseKind } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { clockFigures, type Formats } from "../../../ui/formats";

/** What a phase asks beside its instruction, in lines. */
export function kindText(t: TFunction, kind: PhaseKind, formats: Formats): string[] {
  switch (kind.type) {
    case "value":
    case "in_process_check":
      return numberText(t, kind, formats);
    case "text":
      return [t("masters.longest", { count: kind.longest })];
    case "choice":
      return kind.options.map((option) =>
        option.is_expected
          ? t("masters.expected", { text: option.text })
          : t("masters.unexpected", { text: option.text }),
      );
    case "material_charge":
      return [`${kind.material} (${kind.material_code})`, ...numberText(t, kind.quantity, formats)];
    case "timer": {
      const low = clockFigures(kind.minimum_seconds);
      if (kind.maximum_seconds === null) return [t("timer.atLeast", { time: low })];
      return [t("timer.between", { low, high: clockFigures(kind.maximum_seconds) })];
    }
    case "equipment_use":
      return kind.must_be_clean ? [kind.equipment_class, t("masters.mustBeClean")] : [kind.equipment_class];
    case "cleaning_check":
      return [kind.equipment_class];
    case "attachment":
      return [codedText(t, "acceptedFiles", kind.accepts) ?? kind.accepts];
    case "sample_request":
      return [kind.sample, kind.tests.join(", ")].filter((text) => text !== "");
    case "second_person_check":
      return [t("masters.checks", { phases: kind.of.join(", ") })];
    case "calculation":
      return [
        kind.expression,
        codedText(t, "roundings", kind.rounding) ?? kind.rounding,
        ...numberText(t, kind.result, formats),
      ];
    default:
      return [];
  }
}

export function numberText(t: TFunction, number: NumberParameter, formats: Formats): string[] {
  const { unit } = number;
  const written = (text: string | null | undefined) => (text == null ? null : formats.number(text));
  const [low, target, high] = [written(number.low), written(number.target), written(number.high)];
  const limits =
    low !== null && high !== null
      ? t("number.limitsBetween", { low, high, unit })
      : low !== null
        ? t("number.limitsFrom", { low, unit })
        : high !== null
          ? t("number.limitsTo", { high, unit })
          : `${t("number.noLimits")} · ${unit}`;
  const places = number.places === 0 ? t("number.whole") : t("number.places", { count: number.places });
  const lines = [limits];
  if (target !== null) lines.push(t("number.target", { value: target, unit }));
  lines.push(places);
  if (number.device != null) lines.push(t("masters.fromDevice", { device: t(`deviceClasses.${number.device}`) }));
  if (number.plausible != null) {
    const { low: least, high: most } = number.plausible;
    lines.push(t("masters.plausibleRange", { low: formats.number(least), high: formats.number(most), unit }));
  }
  return lines;
}
