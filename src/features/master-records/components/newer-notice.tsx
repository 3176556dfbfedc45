import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MasterRecordView } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import styles from "./master-records.module.css";
import { ProcedureView } from "./procedure-view";
import { RecipeTable } from "./recipe-table";
import type { Editing } from "./use-editing";

type Props = { view: MasterRecordView; editing: Editing };

/** Somebody else has saved the draft since this text was begun: theirs is shown, and the author decides. */
export function NewerNotice({ view, editing }: Props) {
  const { t } = useTranslation();
  const [isShown, setShown] = useState(false);
  const { row, procedure } = view.record;
  if (row.revision === editing.revision) return null;

  function keepMine() {
    editing.setRevision(row.revision);
    setShown(false);
  }
  function takeTheirs() {
    editing.dispatch({ type: "reload", procedure });
    keepMine();
  }

  return (
    <>
      <Notice
        tone="warn"
        data-testid="newer"
        action={
          <ActionButton variant="default" data-testid="newer-show" onClick={() => setShown(true)}>
            {t("masters.showTheirs")}
          </ActionButton>
        }
      >
        {t("masters.savedMeanwhile")}
      </Notice>
      {isShown && (
        <Sheet
          isOpen
          onClose={() => setShown(false)}
          side="right"
          title={t("masters.theirs")}
          data-testid="newer-sheet"
        >
          <div className={styles.form}>
            <p>{t("masters.decide")}</p>
            <div className={styles.actions}>
              <ActionButton variant="default" data-testid="newer-take" onClick={takeTheirs}>
                {t("masters.takeTheirs")}
              </ActionButton>
              <ActionButton data-testid="newer-keep" onClick={keepMine}>
                {t("masters.keepMine")}
              </ActionButton>
            </div>
            <RecipeTable procedure={procedure} />
            <ProcedureView procedure={procedure} />
          </div>
        </Sheet>
      )}
    </>
  );
}
