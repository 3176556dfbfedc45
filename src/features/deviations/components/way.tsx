import { IconCheck } from "@tabler/icons-react";
import styles from "./deviations.module.css";

type Props = {
  label: string;
  steps: { id: string; text: string }[];
  /** The step that is under way; the ones before it are done. */
  current: string;
  /** Nothing follows it any more. */
  isDone: boolean;
  "data-testid": string;
};

/** Where something stands on its way, as a row of steps. */
export function Way({ label, steps, current, isDone, ...rest }: Props) {
  const at = steps.findIndex(({ id }) => id === current);
  return (
    <ol className={styles.way} aria-label={label} {...rest}>
      {steps.map(({ id, text }, place) => {
        const isPast = place < at || (isDone && place === at);
        return (
          <li
            key={id}
            data-state={isPast ? "done" : place === at ? "current" : "later"}
            aria-current={place === at ? "step" : undefined}
          >
            <span className={styles.mark} aria-hidden>
              {isPast ? <IconCheck size={16} stroke={2.6} /> : place + 1}
            </span>
            {text}
          </li>
        );
      })}
    </ol>
  );
}
