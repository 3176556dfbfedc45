import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { Sheet } from "../../../ui/sheet";
import styles from "./master-records.module.css";

/** Asks before a text is left that nobody has saved. */
export function LeaveSheet({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  const { t } = useTranslation();
  return (
    <Sheet isOpen onClose={onStay} side="bottom" title={t("masters.leaveTitle")} data-testid="leave-editor">
      <div className={styles.step}>
        <p>{t("masters.leaveHelp")}</p>
        <div className={styles.actions}>
          <ActionButton variant="default" data-testid="leave-go" onClick={onLeave}>
            {t("masters.leave")}
          </ActionButton>
          <ActionButton data-testid="leave-stay" data-autofocus onClick={onStay}>
            {t("masters.stay")}
          </ActionButton>
        </div>
      </div>
    </Sheet>
  );
}
