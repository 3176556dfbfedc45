import { Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBarcode } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntryInput, PhaseTask } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { useResourceCheck } from "../api/check-resource";
import styles from "./phase-panel.module.css";
import type { TaskProps } from "./phase-task-view";
import { ResourceNotice } from "./resource-notice";
import { ScanHeard, useScanFeedback } from "./scan-feedback";
import { TaskFrame } from "./task-frame";
import { useSentence } from "./use-sentence";

type Written = Extract<PhaseTask, { type: "text" | "date" | "equipment_use" | "cleaning_check" }>;
type Props = TaskProps & { task: Written };

function entryOf(task: Written, text: string): EntryInput {
  switch (task.type) {
    case "text":
      return { type: "write_text", text };
    case "date":
      return { type: "enter_date", date: text };
    case "equipment_use":
      return { type: "use_equipment", equipment: text };
    case "cleaning_check":
      return { type: "find_clean", equipment: text };
  }
}

/** A text, a date, or the code of a piece of equipment, typed or scanned. */
export function WrittenTask({ batch, phase, recording, said, isSettling, task }: Props) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const [text, setText] = useState("");
  const isEquipment = task.type === "equipment_use" || task.type === "cleaning_check";
  const scan = useScanFeedback(isEquipment ? setText : null);
  const given = text.trim();
  const [asked] = useDebouncedValue(given, 250);
  const check = useResourceCheck(batch.id, phase.id, asked, isEquipment);
  const refused = asked === given && (check.data?.refusal ?? null) !== null;

  function missing(): string | undefined {
    if (given === "") return t(`written.${task.type}.missing`);
    return refused ? t("written.equipmentRefused") : undefined;
  }
  function record() {
    if (missing() !== undefined) return;
    const entry = entryOf(task, given);
    recording.start({ entry, sentence: sentence(entry, null, null), reason: null });
  }

  const shared = {
    className: styles.single,
    label: t(`written.${task.type}.label`),
    "data-testid": "written-text",
    value: text,
  };
  return (
    <TaskFrame
      said={said}
      isSettling={isSettling}
      action={
        <ActionButton
          data-testid="primary-action"
          loading={recording.isPending}
          disabledReason={missing()}
          onClick={record}
        >
          {t(`written.${task.type}.record`)}
        </ActionButton>
      }
    >
      {isEquipment && (
        <dl className={styles.facts}>
          <dt>{t("written.equipmentClass")}</dt>
          <dd data-testid="equipment-class">{task.equipmentClass}</dd>
        </dl>
      )}
      {task.type === "text" ? (
        <Textarea
          {...shared}
          rows={4}
          maxLength={task.longest}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          {...shared}
          type={task.type === "date" ? "date" : "text"}
          leftSection={isEquipment ? <IconBarcode size={22} aria-hidden /> : undefined}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Enter" && record()}
        />
      )}
      <ScanHeard scan={scan} />
      {refused && <ResourceNotice check={check.data} />}
    </TaskFrame>
  );
}
