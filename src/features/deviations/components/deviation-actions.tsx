import { ActionIcon } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviationStepName, DeviationView, SignedInPerson } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { CapaSheet } from "./capa-sheet";
import { DeviationStepSheet } from "./deviation-step-sheet";
import styles from "./deviations.module.css";
import { EditSheet } from "./edit-sheet";

type Props = { view: DeviationView; person: SignedInPerson; isOffline: boolean; onBack: () => void };

/** What leads a deviation on; the rest is beside it. */
const forward: DeviationStepName[] = ["begin_investigation", "submit", "review", "approve"];

/** The steps that the person may take now; one that must wait for other people is not offered. */
export function DeviationActions({ view, person, isOffline, onBack }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<DeviationStepName | null>(null);
  const taken = view.steps.find(({ step }) => step === opened);
  const close = () => setOpened(null);
  // A step of another status would only be noise; one that something stands against says what.
  const offered = view.steps.filter(({ refusal }) => refusal !== "step_not_allowed");
  const steps = offered.toSorted((one, other) => forward.indexOf(one.step) - forward.indexOf(other.step));
  const why = (refusal: string | null) => {
    if (isOffline) return t("administration.offline");
    return refusal === null ? undefined : (codedText(t, "errors", refusal) ?? refusal);
  };

  return (
    <div className={styles.buttons}>
      <ActionIcon
        variant="default"
        className={styles.icon}
        aria-label={t("deviations.toList")}
        data-testid="deviation-back"
        onClick={onBack}
      >
        <IconArrowLeft size={22} aria-hidden />
      </ActionIcon>
      {steps.map(({ step, refusal }) => (
        <ActionButton
          key={step}
          variant={forward.includes(step) ? "filled" : "default"}
          data-testid={`deviation-step-${step}`}
          disabledReason={why(refusal)}
          onClick={() => setOpened(step)}
        >
          {codedText(t, "deviationSteps", step) ?? step}
        </ActionButton>
      ))}
      {opened === "edit" && <EditSheet view={view} onClose={close} />}
      {opened === "open_capa" && <CapaSheet view={view} onClose={close} />}
      {taken !== undefined && opened !== "edit" && opened !== "open_capa" && (
        <DeviationStepSheet view={view} taken={taken} person={person} onClose={close} />
      )}
    </div>
  );
}
