import { useState } from "react";
import type { NumberView } from "../../../bridge/bindings";
import { useDevices } from "../../../bridge/devices";
import { useReadDevice } from "../api/read-device";

/** A number that a device measures: what it told, or that somebody types it instead. */
export function useMeasured(batchId: string, phaseId: string, number: NumberView) {
  const devices = useDevices(number.device !== null);
  const reading = useReadDevice();
  const [isByHand, setByHand] = useState(false);
  const fitting = (devices.data?.devices ?? []).filter((device) => device.class === number.device);

  return {
    /** The number is asked of a device, and nobody has decided to type it. */
    isAsked: number.device !== null && !isByHand,
    isTyped: number.device !== null && isByHand,
    codes: fitting.map(({ code }) => code),
    isLoading: devices.isPending,
    isReading: reading.isPending,
    reads: reading.variables?.device ?? null,
    value: reading.isSuccess ? reading.data : null,
    failure: reading.error,
    read: (device: string) => {
      if (!reading.isPending) reading.mutate({ batchId, phaseId, device });
    },
    forget: reading.reset,
    typeInstead() {
      reading.reset();
      setByHand(true);
    },
    measureAgain: () => setByHand(false),
  };
}

export type Measured = ReturnType<typeof useMeasured>;
