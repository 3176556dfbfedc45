import type { EntryInput, NumberView } from "../../../bridge/bindings";
import { useMeasured } from "./use-measured";
import { isOutside, useNumberEntry } from "./use-number-entry";

/** A number that is typed or that a device tells, from its source to the entry that it makes. */
export function useNumberSource(batchId: string, phaseId: string, number: NumberView) {
  const typed = useNumberEntry(batchId, phaseId);
  const measured = useMeasured(batchId, phaseId, number);
  const told = measured.isAsked ? measured.value : null;
  const { text, decimalSeparator, deciding } = typed;

  return {
    typed,
    measured,
    hasNumber: told !== null || text !== "",
    /** What is asked about the number before it is recorded. */
    deciding,
    input(lot: string | null): EntryInput {
      if (told !== null) return { type: "take_reading", reading: told.id, lot };
      return { type: "number", text, decimalSeparator, lot };
    },
    /** What the sentence says beside the number. */
    how: { device: told?.device, isTyped: deciding !== null && !isOutside(deciding) },
    confirm(goOn: (value: string) => void) {
      if (told === null) void typed.confirm(goOn);
      else typed.settle(told.check, goOn);
    },
    reenter() {
      measured.forget();
      typed.reenter();
    },
  };
}

export type NumberSource = ReturnType<typeof useNumberSource>;
