import { IconBarcode, IconBarcodeOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useScanner } from "../../../ui/scanner";
import { playTone } from "../../../ui/sound";
import styles from "./phase-panel.module.css";

type Heard = { code: string; isAccepted: boolean } | null;

/** Routes scans to the step that takes one, and says so where none is taken: in sound, shape and word. */
export function useScanFeedback(onCode: ((code: string) => void) | null): Heard {
  const [heard, setHeard] = useState<Heard>(null);
  useScanner((code) => {
    onCode?.(code);
    playTone(onCode === null ? "reject" : "accept");
    setHeard({ code, isAccepted: onCode !== null });
  });
  return heard;
}

export function ScanHeard({ scan }: { scan: Heard }) {
  const { t } = useTranslation();
  if (scan === null) return null;
  const Icon = scan.isAccepted ? IconBarcode : IconBarcodeOff;
  const name = scan.isAccepted ? "scan-accepted" : "scan-rejected";
  return (
    <p className={styles.scan} role="status" data-accepted={scan.isAccepted} data-testid={name}>
      <Icon size={22} aria-hidden />
      {scan.isAccepted ? t("scan.accepted", { code: scan.code }) : t("scan.rejected", { code: scan.code })}
    </p>
  );
}
