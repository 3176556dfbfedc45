import { IconCamera, IconFile } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseTask } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import styles from "./attachment-task.module.css";
import type { TaskProps } from "./phase-task-view";
import { TaskFrame } from "./task-frame";
import { useSentence } from "./use-sentence";

type Task = Extract<PhaseTask, { type: "attachment" }>;
type Props = TaskProps & { task: Task };

/** What the file dialog offers; what is taken is judged by the station, by the bytes. */
const offered: Record<Task["accepts"], string> = {
  photo: "image/jpeg,image/png",
  document: "application/pdf,.pdf",
  any: ".pdf,.png,.jpg,.jpeg,.zip",
};
const LARGEST = 10 * 1024 * 1024;

type Chosen = { name: string; size: number; url: string; isPicture: boolean };

/** A photo is taken or a file is chosen, looked at, and recorded. */
export function AttachmentTask({ batch, phase, recording, said, isSettling, task }: Props) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function choose(file: File | undefined) {
    if (file === undefined) return;
    setChosen(null);
    // What was said of another file is not said of this one.
    recording.forgetFailure();
    if (file.size > LARGEST) {
      setProblem(t("errors.attachment_too_large"));
      return;
    }
    const url = await readFile(file).catch(() => null);
    setProblem(url === null ? t("attachment.unreadable") : null);
    if (url === null) return;
    setChosen({ name: file.name, size: file.size, url, isPicture: /^image\/(jpeg|png)$/.test(file.type) });
  }
  function record() {
    if (chosen === null) return;
    const content = chosen.url.slice(chosen.url.indexOf(",") + 1);
    const entry = { type: "attach", fileName: chosen.name, content } as const;
    recording.start({ entry, sentence: sentence(entry, null, null), reason: null });
  }

  const Icon = task.accepts === "photo" ? IconCamera : IconFile;
  const ask = task.accepts === "photo" ? t("attachment.takePhoto") : t("attachment.choose");
  return (
    <TaskFrame
      said={said}
      isSettling={isSettling}
      action={
        <ActionButton
          data-testid="primary-action"
          loading={recording.isPending}
          disabledReason={chosen === null ? t("attachment.missing") : undefined}
          onClick={record}
        >
          {t("attachment.record")}
        </ActionButton>
      }
    >
      <label className={styles.target} data-chosen={chosen !== null}>
        <Icon size={chosen === null ? 40 : 24} stroke={1.6} aria-hidden />
        <span>{chosen === null ? ask : t("attachment.chooseOther")}</span>
        <input
          type="file"
          accept={offered[task.accepts]}
          capture={task.accepts === "photo" ? "environment" : undefined}
          data-testid="attachment-file"
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
      </label>
      {problem !== null && (
        <Notice tone="bad" data-testid="attachment-problem">
          {problem}
        </Notice>
      )}
      {chosen !== null && (
        <figure className={styles.chosen} data-testid="attachment-chosen">
          {chosen.isPicture && <img src={chosen.url} alt={t("attachment.preview", { name: chosen.name })} />}
          <figcaption>
            <strong>{chosen.name}</strong>
            <span>{t("attachment.size", { size: Math.max(1, Math.round(chosen.size / 1024)) })}</span>
          </figcaption>
        </figure>
      )}
    </TaskFrame>
  );
}

/** As a data URL: the window's policy shows it, and its text is the file's base64. */
function readFile(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
