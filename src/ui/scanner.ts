import { useEffect, useEffectEvent } from "react";

/** A scanner on a cable types faster than a person and ends with Enter. */
const slowestGap = 50;
const shortestCode = 4;

/** A plain number is a value that someone typed quickly, not a code. */
const isCode = (text: string) => text.length >= shortestCode && !/^\d{1,9}([.,]\d*)?$/.test(text);

type Burst = { text: string; last: number; field: HTMLInputElement | HTMLTextAreaElement | null; before: string };

const nothing = (): Burst => ({ text: "", last: 0, field: null, before: "" });

/**
 * Hears scans anywhere on the screen, whatever has the focus.
 * What the scanner typed into a focused field on the way is taken out of it again.
 * Inside `data-scan="off"` everything is typing.
 */
export function useScanner(onScan: (code: string) => void): void {
  const hear = useEffectEvent(onScan);
  useEffect(() => {
    let burst = nothing();
    function onKey(event: KeyboardEvent) {
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest('[data-scan="off"]') || event.ctrlKey || event.altKey || event.metaKey) {
        burst = nothing();
        return;
      }
      if (event.key === "Enter") {
        const isFast = event.timeStamp - burst.last <= slowestGap;
        if (isFast && isCode(burst.text)) {
          event.preventDefault();
          event.stopPropagation();
          restore(burst);
          hear(burst.text);
        }
        burst = nothing();
        return;
      }
      if (event.key.length !== 1) return;
      if (burst.text === "" || event.timeStamp - burst.last > slowestGap) burst = begin(target);
      burst.text += event.key;
      burst.last = event.timeStamp;
    }
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);
}

function begin(target: Element | null): Burst {
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  return { ...nothing(), field: isField ? target : null, before: isField ? target.value : "" };
}

/** React hears a change of value only through the element's own setter. */
function restore({ field, before }: Burst): void {
  if (field === null || field.value === before) return;
  const prototype = field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(field, before);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
