import { IconBackspace } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import styles from "./keypad.module.css";

type Props = {
  decimalSeparator: string;
  isWhole: boolean;
  onKey: (key: string) => void;
  onBackspace: () => void;
};

/** Number keys for gloves; the focus stays in the field that they type into. */
export function Keypad({ decimalSeparator, isWhole, onKey, onBackspace }: Props) {
  const { t } = useTranslation();
  const keep = (event: { preventDefault: () => void }) => event.preventDefault();
  return (
    <fieldset
      className={styles.keypad}
      aria-label={t("number.keypad")}
      onPointerDown={keep}
      onMouseDown={keep}
      data-testid="keypad"
    >
      {["7", "8", "9", "4", "5", "6", "1", "2", "3", "0"].map((key) => (
        <button
          key={key}
          type="button"
          className={styles.key}
          tabIndex={-1}
          data-testid={`key-${key}`}
          onClick={() => onKey(key)}
        >
          {key}
        </button>
      ))}
      <button
        type="button"
        className={styles.key}
        tabIndex={-1}
        aria-label={t("number.decimal")}
        disabled={isWhole}
        data-testid="key-decimal"
        onClick={() => onKey(decimalSeparator)}
      >
        {decimalSeparator}
      </button>
      <button
        type="button"
        className={styles.key}
        tabIndex={-1}
        aria-label={t("number.backspace")}
        data-testid="key-backspace"
        onClick={onBackspace}
      >
        <IconBackspace size={30} stroke={1.6} aria-hidden />
      </button>
    </fieldset>
  );
}
