import { ActionIcon, Button, Menu } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowDown,
  IconArrowForwardUp,
  IconArrowUp,
  IconPlus,
  IconTrash,
  type TablerIcon,
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
      <Tool
        label={t("masters.moveUp")}
        isDisabled={targetOf(procedure, selected, -1) === null}
        id="part-up"
        icon={IconArrowUp}
        onPress={() => dispatch({ type: "move", path: selected, by: -1 })}
      />
      <Tool
        label={t("masters.moveDown")}
        isDisabled={targetOf(procedure, selected, 1) === null}
        id="part-down"
        icon={IconArrowDown}
        onPress={() => dispatch({ type: "move", path: selected, by: 1 })}
      />
      <Tool
        label={t("masters.remove")}
        isDisabled={selected === ""}
        id="part-remove"
        icon={IconTrash}
        onPress={() => dispatch({ type: "remove", path: selected })}
      />
      <Tool
        label={t("masters.undo")}
        isDisabled={state.past.length === 0}
        id="editor-undo"
        icon={IconArrowBackUp}
        onPress={() => dispatch({ type: "undo" })}
      />
      <Tool
        label={t("masters.redo")}
        isDisabled={state.future.length === 0}
        id="editor-redo"
        icon={IconArrowForwardUp}
        onPress={() => dispatch({ type: "redo" })}
      />
    </div>
  );
}

type ToolProps = { label: string; isDisabled: boolean; id: string; icon: TablerIcon; onPress: () => void };

function Tool({ label, isDisabled, id, icon: Icon, onPress }: ToolProps) {
  return (
    <ActionIcon
      variant="default"
      className={styles.icon}
      aria-label={label}
      disabled={isDisabled}
      data-testid={id}
      onClick={onPress}
    >
      <Icon size={20} aria-hidden />
    </ActionIcon>
  );
}
