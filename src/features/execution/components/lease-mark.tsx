import { IconMapPin, IconMapPinOff, IconMapPinShare } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BatchView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "./lease-mark.module.css";
import { LeaseSheet } from "./lease-sheet";

const icons = { here: IconMapPin, elsewhere: IconMapPinShare, nowhere: IconMapPinOff };

/** Which station has the batch; opens what that means and what can be done about it. */
export function LeaseMark({ batch, isOffline }: { batch: BatchView; isOffline: boolean }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  if (batch.lease === null) return null;
  const { place, stationName } = batch.lease;
  const Icon = icons[place];
  return (
    <>
      <button
        type="button"
        className={styles.mark}
        data-testid="batch-lease"
        data-place={place}
        onClick={() => setOpen(true)}
      >
        <Icon size={20} aria-hidden />
        <span>{codedText(t, "leasePlaces", place, { station: stationName ?? "" })}</span>
      </button>
      {isOpen && <LeaseSheet batch={batch} lease={batch.lease} isOffline={isOffline} onClose={() => setOpen(false)} />}
    </>
  );
}
