import { IconCheck, IconTriangleFilled } from "@tabler/icons-react";
import styles from "./limits-bar.module.css";

type Props = {
  low: string | null;
  high: string | null;
  /** 0 to 1000 between the limits, from the station. */
  position: number | null;
  check: "within" | "below" | "above" | null;
};

/** Where the value lies; the station did the arithmetic, this only draws. */
export function LimitsBar({ low, high, position, check }: Props) {
  const place = markPlace(check, position);
  return (
    <div className={styles.bar} data-testid="limits-bar" data-check={check ?? "none"} aria-hidden>
      <span className={styles.limit} data-testid="limit-low">
        {low}
      </span>
      <div className={styles.track}>
        <span className={styles.allowed} data-low={low !== null || undefined} data-high={high !== null || undefined} />
        {place !== null && (
          <span className={styles.mark} data-check={check} style={{ left: `${place}%` }}>
            {check === "within" ? <IconCheck size={16} stroke={3} /> : <IconTriangleFilled size={14} />}
          </span>
        )}
      </div>
      <span className={styles.limit} data-testid="limit-high">
        {high}
      </span>
    </div>
  );
}

/** The allowed part of the track is its middle four fifths. */
function markPlace(check: Props["check"], position: number | null): number | null {
  if (check === "below") return 4;
  if (check === "above") return 96;
  return check === "within" && position !== null ? 10 + position * 0.08 : null;
}
