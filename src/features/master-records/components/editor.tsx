import { useTranslation } from "react-i18next";
import type { MasterRecordView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { Page } from "../../../ui/page";
import { EditorActions } from "./editor-actions";
import { EditorContext } from "./editor-context";
import { EditorTree } from "./editor-tree";
import { FaultsSheet } from "./faults-sheet";
import styles from "./master-records.module.css";
import { NewerNotice } from "./newer-notice";
import { OperatorPreview } from "./operator-preview";
import { PartForm } from "./part-form";
import { SaveSheet } from "./save-sheet";
import { useEditing } from "./use-editing";

type Props = {
  view: MasterRecordView;
  isOffline: boolean;
  onChanged: (isChanged: boolean) => void;
  onBack: () => void;
};

/** Left the parts of the record, right the form of the selected one, or how the operator will see it. */
export function Editor({ view, isOffline, onChanged, onBack }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const editing = useEditing(view, onChanged);
  const { state, dispatch, faults, unreadable, opened, open } = editing;
  const { row } = view.record;
  const mayEdit = view.steps.some(({ step, refusal }) => step === "edit" && refusal === null);

  return (
    <EditorContext value={{ procedure: state.procedure, faults, unreadable, dispatch }}>
      <Page
        title={`${row.product} · ${t("masters.versionOf", { version: formats.count(row.version) })}`}
        note={
          <span role="status" data-testid="editor-state" data-changed={editing.isChanged}>
            {editing.isChanged ? t("masters.unsaved") : t("masters.allSaved")}
          </span>
        }
        isFilling
        data-testid="editor"
        actions={<EditorActions editing={editing} isOffline={isOffline} mayEdit={mayEdit} onBack={onBack} />}
      >
        {!mayEdit && (
          <Notice tone="warn" data-testid="editor-closed">
            {t("masters.notADraft")}
          </Notice>
        )}
        {editing.isCheckFailed && (
          <Notice tone="warn" data-testid="editor-unchecked">
            {t("masters.notChecked")}
          </Notice>
        )}
        <NewerNotice view={view} editing={editing} />
        {/* Ctrl-Z is heard wherever the focus is within the editor; the fields' own way back knows one field only. */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the same is done by the buttons on top */}
        <div className={styles.editor} onKeyDown={editing.onKeyDown} ref={editing.frame}>
          <EditorTree state={state} />
          <div className={styles.formPane} data-scan="off">
            {editing.isPreviewing ? <OperatorPreview path={state.selected} /> : <PartForm path={state.selected} />}
          </div>
        </div>
        {opened === "faults" && <FaultsSheet faults={faults} onClose={() => open(null)} onPlace={editing.jump} />}
        {opened === "save" && <SaveSheet view={view} editing={editing} onClose={() => open(null)} />}
      </Page>
    </EditorContext>
  );
}
