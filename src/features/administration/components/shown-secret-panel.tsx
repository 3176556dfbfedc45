import { useTranslation } from "react-i18next";
import type { ShownSecret } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import styles from "./administration.module.css";

type Props = { shown: ShownSecret; onDone: () => void };

/** A password that works once, shown this once; the clipboard never holds it. */
export function ShownSecretPanel({ shown, onDone }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.form} data-testid="shown-secret">
      <p>{t("users.secretFor", { name: shown.name, email: shown.email })}</p>
      <p className={styles.secret} data-testid="one-time-secret">
        {shown.secret}
      </p>
      <Notice tone="warn" data-testid="secret-once">
        {t("users.secretOnce")}
      </Notice>
      <div className={styles.actions}>
        <ActionButton data-testid="secret-done" onClick={onDone}>
          {t("users.secretDone")}
        </ActionButton>
      </div>
    </div>
  );
}
