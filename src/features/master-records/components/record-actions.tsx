import { ActionIcon } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MasterRecordStepName, MasterRecordView, SignedInPerson } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { useMayAuthor } from "../api/list-master-records";
import { ExportSheet } from "./export-sheet";
import styles from "./master-records.module.css";
import { NewVersionSheet } from "./new-version-sheet";
import { StepSheet } from "./step-sheet";

type Props = {
  view: MasterRecordView;
  person: SignedInPerson;
  isOffline: boolean;
  onBack: () => void;
  onEdit: (id: string) => void;
};

/** What leads a version on; the rest is beside it. */
const forward: MasterRecordStepName[] = ["submit", "approve", "make_effective"];

/** The steps that the person may take, each with the reason why it cannot be taken now. */
export function RecordActions({ view, person, isOffline, onBack, onEdit }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<MasterRecordStepName | "version" | "export" | null>(null);
  const { id } = view.record.row;
  const mayAuthor = useMayAuthor();
  const needsServer = isOffline ? t("administration.offline") : undefined;
  const taken = view.steps.find(({ step }) => step === opened);
  const close = () => setOpened(null);
  // What leads the version on is where the hand ends.
  const steps = view.steps.toSorted((one, other) => forward.indexOf(one.step) - forward.indexOf(other.step));
  const why = (refusal: string | null) =>
    needsServer ?? (refusal === null ? undefined : (codedText(t, "errors", refusal) ?? refusal));

  return (
    <div className={styles.buttons}>
      <ActionIcon
        variant="default"
        className={styles.icon}
        aria-label={t("masters.toList")}
        data-testid="master-back"
        onClick={onBack}
      >
        <IconArrowLeft size={22} aria-hidden />
      </ActionIcon>
      <ActionButton
        variant="default"
        data-testid="master-export"
        disabledReason={needsServer}
        onClick={() => setOpened("export")}
      >
        {t("masters.export")}
      </ActionButton>
      {mayAuthor && (
        <ActionButton
          variant="default"
          data-testid="master-new-version"
          disabledReason={needsServer}
          onClick={() => setOpened("version")}
        >
          {t("masters.newVersion")}
        </ActionButton>
      )}
      {steps.map(({ step, refusal }) => (
        <ActionButton
          key={step}
          variant={forward.includes(step) ? "filled" : "default"}
          data-testid={`master-step-${step}`}
          disabledReason={why(refusal)}
          onClick={() => (step === "edit" ? onEdit(id) : setOpened(step))}
        >
          {codedText(t, "masterSteps", step) ?? step}
        </ActionButton>
      ))}
      {opened === "export" && <ExportSheet id={id} onClose={close} />}
      {opened === "version" && <NewVersionSheet view={view} onClose={close} onMade={onEdit} />}
      {taken !== undefined && <StepSheet view={view} taken={taken} person={person} onClose={close} />}
    </div>
  );
}
