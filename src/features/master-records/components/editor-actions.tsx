import { ActionIcon } from "@mantine/core";
import { IconAlertTriangle, IconArrowLeft, IconEye, IconPencil } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import styles from "./master-records.module.css";
import type { Editing } from "./use-editing";

type Props = { editing: Editing; isOffline: boolean; mayEdit: boolean; onBack: () => void };

export function EditorActions({ editing, isOffline, mayEdit, onBack }: Props) {
  const { t } = useTranslation();
  const { faults, unreadable, isChanged, isPreviewing } = editing;
  const wrong = faults.length + unreadable.length;

  function whyNotSaved(): string | undefined {
    if (isOffline) return t("administration.offline");
    if (!mayEdit) return t("masters.notADraft");
    if (unreadable.length > 0) return t("masters.unreadable", { count: unreadable.length });
    return isChanged ? undefined : t("masters.nothingToSave");
  }

  return (
    <div className={styles.buttons}>
      <ActionIcon
        variant="default"
        className={styles.icon}
        aria-label={t("masters.toRecord")}
        data-testid="editor-back"
        onClick={onBack}
      >
        <IconArrowLeft size={22} aria-hidden />
      </ActionIcon>
      <ActionButton
        variant="default"
        leftSection={wrong > 0 && <IconAlertTriangle size={20} aria-hidden />}
        data-testid="editor-faults"
        data-count={wrong}
        onClick={() => (unreadable[0] === undefined ? editing.open("faults") : editing.jump(unreadable[0]))}
      >
        {t("masters.faults", { count: wrong })}
      </ActionButton>
      <ActionButton
        variant="default"
        leftSection={isPreviewing ? <IconPencil size={20} aria-hidden /> : <IconEye size={20} aria-hidden />}
        aria-pressed={isPreviewing}
        data-testid="editor-preview"
        onClick={() => editing.setPreviewing(!isPreviewing)}
      >
        {isPreviewing ? t("masters.write") : t("masters.preview")}
      </ActionButton>
      <ActionButton data-testid="editor-save" disabledReason={whyNotSaved()} onClick={() => editing.open("save")}>
        {t("masters.save")}
      </ActionButton>
    </div>
  );
}
