import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import styles from "./deviations.module.css";

type Props = { id: string; save: string; isPending: boolean; onCancel: () => void };

/** The end of a form: leave it, or send it where the hand ends. */
export function FormActions({ id, save, isPending, onCancel }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.actions}>
      <ActionButton variant="default" type="button" data-testid={`${id}-cancel`} onClick={onCancel}>
        {t("common.cancel")}
      </ActionButton>
      <ActionButton type="submit" data-testid={`${id}-save`} loading={isPending}>
        {save}
      </ActionButton>
    </div>
  );
}
