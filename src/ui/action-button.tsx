import { Button, type ButtonProps } from "@mantine/core";
import { type ComponentPropsWithoutRef, useId } from "react";
import styles from "./action-button.module.css";

type Props = ButtonProps &
  Omit<ComponentPropsWithoutRef<"button">, keyof ButtonProps> & {
    /** Why it cannot be pressed now; shown beside it, because a disabled button says why. */
    disabledReason?: string | undefined;
    /** Where the reason stands. */
    reasonSide?: "below" | "left";
    "data-testid": string;
  };

/** A button that stays readable and focusable while it cannot be pressed, and says why. */
export function ActionButton({
  disabledReason,
  reasonSide = "below",
  variant = "filled",
  onClick,
  className,
  ...rest
}: Props) {
  const reasonId = useId();
  const blocked = disabledReason !== undefined;
  const testId = rest["data-testid"];
  return (
    <div className={styles.frame} data-side={reasonSide}>
      <Button
        {...rest}
        variant={variant}
        className={`${styles.button} ${className ?? ""}`}
        aria-disabled={blocked || undefined}
        aria-describedby={blocked ? reasonId : undefined}
        data-blocked={blocked || undefined}
        onClick={(event) => {
          if (blocked) event.preventDefault();
          else onClick?.(event);
        }}
      />
      {blocked && (
        <span id={reasonId} className={styles.reason} data-testid={`${testId}-reason`}>
          {disabledReason}
        </span>
      )}
    </div>
  );
}
