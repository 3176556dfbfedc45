import { TextInput } from "@mantine/core";
import { IconBarcode } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseTask } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import styles from "./phase-panel.module.css";
import type { TaskProps } from "./phase-task-view";
import { ScanHeard, useScanFeedback } from "./scan-feedback";
import { TaskFrame } from "./task-frame";
import { useSentence } from "./use-sentence";

type Props = TaskProps & { task: Extract<PhaseTask, { type: "sample_request" }> };

export function SampleTask({ batch, phase, recording, said, isSettling, task }: Props) {
  const { t } = useTranslation();
  const sentence = useSentence(batch, phase);
  const [container, setContainer] = useState("");
  const scan = useScanFeedback(setContainer);
  const given = container.trim();

  function request() {
    if (given === "") return;
    const input = { type: "request_sample", container: given } as const;
    recording.start({ entry: input, sentence: sentence(input, null, null), reason: null });
  }

  return (
    <TaskFrame
      said={said}
      isSettling={isSettling}
      action={
        <ActionButton
          data-testid="primary-action"
          loading={recording.isPending}
          disabledReason={given === "" ? t("sample.containerMissing") : undefined}
          onClick={request}
        >
          {t("sample.request")}
        </ActionButton>
      }
    >
      <dl className={styles.facts}>
        <dt>{t("sample.sample")}</dt>
        <dd data-testid="sample-name">{task.sample}</dd>
        <dt>{t("sample.tests")}</dt>
        <dd data-testid="sample-tests">{task.tests.join(", ")}</dd>
      </dl>
      <TextInput
        className={styles.single}
        label={t("sample.container")}
        description={t("sample.containerHelp")}
        leftSection={<IconBarcode size={22} aria-hidden />}
        autoComplete="off"
        spellCheck={false}
        data-testid="sample-container"
        value={container}
        onChange={(event) => setContainer(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && request()}
      />
      <ScanHeard scan={scan} />
    </TaskFrame>
  );
}
