import { ActionIcon, Button, Menu } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowDown,
  IconArrowForwardUp,
  IconArrowUp,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { codedText } from "../../../texts/coded";
import { useEditor } from "./editor-context";
import { type EditorState, targetOf } from "./editor-state";
import styles from "./master-records.module.css";
import { addable } from "./parts";

/** What is done with the selected part: by buttons, so that no hand must drag. */
export function EditorTreeTools({ state }: { state: EditorState }) {
  const { t } = useTranslation();
  const { dispatch } = useEditor();
  const { procedure, selected } = state;
  return (
    <div className={styles.tools}>
      <Menu position="bottom-start" withinPortal={false}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconPlus size={20} aria-hidden />} data-testid="part-add">
            {t("masters.add")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {addable(procedure, selected).map(({ kind, list, at, item }) => (
            <Menu.Item
              key={kind}
              data-testid={`part-add-${kind}`}
              onClick={() => dispatch({ type: "add", list, at, item: item() })}
            >
              {codedText(t, "masterParts", kind)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ActionIcon
        variant="default"
        className={styles.icon}
        aria-label={t("masters.moveUp")}
        disabled={targetOf(procedure, selected, -1) === null}
        data-testid="part-up"
        onClick={() => dispatch({ type: "move", path: selected, by: -1 })}
      >
        <IconArrowUp size={20} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="default"
        className={styles.icon}
        aria-label={t("masters.moveDown")}
        disabled={targetOf(procedure, selected, 1) === null}
        data-testid="part-down"
        onClick={() => dispatch({ type: "move", path: selected, by: 1 })}
      >
        <IconArrowDown size={20} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="default"
        className={styles.icon}
        aria-label={t("masters.remove")}
        disabled={selected === ""}
        data-testid="part-remove"
        onClick={() => dispatch({ type: "remove", path: selected })}
      >
        <IconTrash size={20} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="default"
        className={styles.icon}
        aria-label={t("masters.undo")}
        disabled={state.past.length === 0}
        data-testid="editor-undo"
        onClick={() => dispatch({ type: "undo" })}
      >
        <IconArrowBackUp size={20} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="default"
        className={styles.icon}
        aria-label={t("masters.redo")}
        disabled={state.future.length === 0}
        data-testid="editor-redo"
        onClick={() => dispatch({ type: "redo" })}
      >
        <IconArrowForwardUp size={20} aria-hidden />
      </ActionIcon>
    </div>
  );
}
