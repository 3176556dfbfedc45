import { Radio, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CapaStepView, CapaView, Effectiveness, SignatureInput, SignedInPerson } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { StepSheet } from "../../../ui/step-sheet";
import { useTakeCapaStep } from "../api/take-capa-step";
import styles from "./deviations.module.css";
import { OwnerFields } from "./owner-fields";

type Props = { view: CapaView; taken: CapaStepView; person: SignedInPerson; onClose: () => void };

/** One step of an action: what it asks for, why, and the signature that closes it. */
export function CapaStepSheet({ view, taken, person, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const take = useTakeCapaStep();
  const { row, content, content_hash: contentHash } = view.capa;
  const { step, meaning } = taken;
  const [action, setAction] = useState(content.action ?? "");
  const [owner, setOwner] = useState<string | null>(row.owner_id);
  const [dueOn, setDueOn] = useState(row.due_on);
  const [verdict, setVerdict] = useState<Effectiveness | null>(null);
  const sentence = codedText(t, "capaSentences", step, { record: row.code }) ?? "";
  const isPlan = step === "plan";
  const isWhole =
    (!isPlan || (action.trim() !== "" && owner !== null && dueOn !== "")) && (step !== "judge" || verdict !== null);

  function send(reason: string, signature: SignatureInput | null, done: () => void) {
    take.mutate(
      {
        id: row.id,
        version: row.version,
        step,
        reason,
        action: isPlan ? action : null,
        ownerId: isPlan ? owner : null,
        dueOn: isPlan ? dueOn : null,
        effectiveness: step === "judge" ? verdict : null,
        signature: signature && { contentHash, shownText: sentence, language: i18n.language, ...signature },
      },
      { onSuccess: done },
    );
  }

  return (
    <StepSheet
      title={codedText(t, "capaSteps", step) ?? step}
      sentence={sentence}
      meaning={meaning}
      person={person}
      isWhole={isWhole}
      isPending={take.isPending}
      failure={take.error}
      onTake={send}
      onClose={onClose}
    >
      {isPlan && (
        <>
          <Textarea
            label={t("capas.action")}
            rows={3}
            maxLength={4000}
            data-autofocus
            data-testid="capa-action"
            error={action.trim() === "" ? t("plant.required") : undefined}
            value={action}
            onChange={(event) => setAction(event.currentTarget.value)}
          />
          <OwnerFields people={view.people} owner={owner} dueOn={dueOn} isTried onOwner={setOwner} onDueOn={setDueOn} />
        </>
      )}
      {step === "judge" && (
        <Radio.Group
          label={t("capas.effectiveness")}
          value={verdict}
          onChange={(one) => setVerdict(one as Effectiveness)}
        >
          <div className={styles.choices}>
            <Radio value="effective" label={codedText(t, "effectiveness", "effective")} data-testid="judge-effective" />
            <Radio
              value="not_effective"
              label={codedText(t, "effectiveness", "not_effective")}
              data-testid="judge-not-effective"
            />
          </div>
        </Radio.Group>
      )}
    </StepSheet>
  );
}
