import { useEffect, useRef } from "react";
import type { NumberView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import { Keypad } from "../../../ui/keypad";
import { LimitsBar } from "../../../ui/limits-bar";
import { LimitsText } from "./limits-text";
import styles from "./number-field.module.css";
import type { NumberEntry } from "./use-number-entry";
import { Verdict } from "./verdict";

type Props = {
  label: string;
  number: NumberView;
  entry: NumberEntry;
  onEnter: () => void;
  takesFocus?: boolean;
};

/** The number with its unit, its limits always in sight, and keys of its own. */
export function NumberField({ label, number, entry, onEnter, takesFocus = true }: Props) {
  const formats = useFormats();
  const input = useRef<HTMLInputElement>(null);
  const { low, high, unit } = number;
  const shown = (limit: string | null) => (limit === null ? null : formats.number(limit));

  useEffect(() => {
    if (takesFocus) input.current?.focus();
  }, [takesFocus]);

  return (
    <div className={styles.field}>
      <div className={styles.left}>
        <label className={styles.label} htmlFor="number-input">
          {label}
        </label>
        <div className={styles.box} data-check={entry.answer?.check ?? undefined}>
          <input
            ref={input}
            id="number-input"
            className={styles.input}
            inputMode="none"
            autoComplete="off"
            spellCheck={false}
            aria-describedby="number-verdict number-limits"
            data-testid="number-input"
            value={entry.text}
            onChange={(event) => entry.change(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Enter" && onEnter()}
          />
          <span className={styles.unit} data-testid="number-unit">
            {unit}
          </span>
        </div>
        <LimitsBar
          low={shown(low)}
          high={shown(high)}
          position={entry.answer?.position ?? null}
          check={entry.answer?.check ?? null}
        />
        <Verdict number={number} entry={entry} />
        <LimitsText number={number} />
      </div>
      <Keypad
        decimalSeparator={entry.decimalSeparator}
        isWhole={number.places === 0}
        onKey={entry.press}
        onBackspace={entry.backspace}
      />
    </div>
  );
}
