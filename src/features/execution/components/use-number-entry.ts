import { useState } from "react";
import type { NumberCheck } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import { useCheckNow, useNumberCheck } from "../api/check-number";

/** A number as it is being typed, what the station says about it, and the decision once it lies outside. */
export function useNumberEntry(batchId: string, phaseId: string) {
  const { decimalSeparator } = useFormats();
  const [text, setText] = useState("");
  const [deciding, setDeciding] = useState<NumberCheck | null>(null);
  const typed = { batchId, phaseId, text, decimalSeparator };
  const check = useNumberCheck(typed);
  const checkNow = useCheckNow();
  const answer = text === "" ? undefined : check.data;

  function settle(exact: NumberCheck, goOn: (value: string) => void) {
    if (exact.value === null) return;
    if (isOutside(exact) || exact.needsSecondLook) setDeciding(exact);
    else goOn(exact.value);
  }

  return {
    text,
    decimalSeparator,
    answer,
    deciding,
    failure: text === "" ? null : check.error,
    change: (next: string) => setText(next.replaceAll(/\s/g, "").slice(0, 24)),
    press: (key: string) => setText((before) => (before + key).slice(0, 24)),
    backspace: () => setText((before) => before.slice(0, -1)),
    /** Outside the limits, or typed although it should not be, the field turns into a decision; else it goes on. */
    async confirm(goOn: (value: string) => void) {
      const exact = await checkNow(typed).catch(() => undefined);
      if (exact !== undefined) settle(exact, goOn);
    },
    settle,
    reenter() {
      setDeciding(null);
      setText("");
    },
  };
}

export type NumberEntry = ReturnType<typeof useNumberEntry>;

export const isOutside = ({ check }: NumberCheck) => check === "below" || check === "above";
