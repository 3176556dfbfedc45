import type { NumberView } from "../../../bridge/bindings";
import { DeviceField, TypedNotice } from "./device-field";
import { NumberField } from "./number-field";
import type { NumberSource } from "./use-number-source";

type Props = { label: string; number: NumberView; source: NumberSource; onEnter: () => void; takesFocus?: boolean };

/** The number from the device that measures it, or from the keys. */
export function NumberSourceField({ label, number, source, onEnter, takesFocus = true }: Props) {
  const { measured, typed } = source;
  if (measured.isAsked) return <DeviceField label={label} number={number} measured={measured} />;
  return (
    <>
      <TypedNotice measured={measured} />
      <NumberField label={label} number={number} entry={typed} onEnter={onEnter} takesFocus={takesFocus} />
    </>
  );
}
