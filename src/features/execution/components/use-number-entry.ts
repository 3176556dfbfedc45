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

  return {
    text,
    decimalSeparator,
    answer,
    deciding,
    failure: text === "" ? null : check.error,
    change: (next: string) => setText(next.replaceAll(/\s/g, "").slice(0, 24)),
    press: (key: string) => setText((before) => (before + key).slice(0, 24)),
    backspace: () => setText((before) => before.slice(0, -1)),
    /** Outside the limits the field turns into a decision; otherwise the value goes on. */
    async confirm(goOn: (value: string) => void) {
      const exact = await checkNow(typed).catch(() => undefined);
      if (exact === undefined || exact.value === null) return;
      if (exact.check === "within" || exact.check === null) goOn(exact.value);
      else setDeciding(exact);
    },
    reenter() {
      setDeciding(null);
      setText("");
    },
  };
}

export type NumberEntry = ReturnType<typeof useNumberEntry>;
