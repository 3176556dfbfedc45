import { useTranslation } from "react-i18next";
import { ActionButton } from "./action-button";
import { Sheet } from "./sheet";
import styles from "./step-sheet.module.css";

/** Asks before a text is left that nobody has saved. */
export function LeaveSheet({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  const { t } = useTranslation();
  return (
    <Sheet isOpen onClose={onStay} side="bottom" title={t("leaving.title")} data-testid="leave-editor">
      <div className={styles.step}>
        <p>{t("leaving.help")}</p>
        <div className={styles.actions}>
          <ActionButton variant="default" data-testid="leave-go" onClick={onLeave}>
            {t("leaving.leave")}
          </ActionButton>
          <ActionButton data-testid="leave-stay" data-autofocus onClick={onStay}>
            {t("leaving.stay")}
          </ActionButton>
        </div>
      </div>
    </Sheet>
  );
}
