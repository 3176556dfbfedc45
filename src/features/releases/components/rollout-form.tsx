import { NumberInput, Select } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ReleaseView, Ring, RolloutState } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { useChangeRollout } from "../api/change-rollout";
import styles from "./releases.module.css";

const states: RolloutState[] = ["running", "paused", "withdrawn"];
const rings: Ring[] = ["pilot", "plant", "all"];

type Props = { release: ReleaseView; onDone: () => void };

export function RolloutForm({ release, onDone }: Props) {
  const { t } = useTranslation();
  const change = useChangeRollout();
  const [state, setState] = useState(release.state);
  const [ring, setRing] = useState(release.ring);
  const [percentage, setPercentage] = useState<string | number>(release.percentage);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isShare =
    typeof percentage === "number" && Number.isInteger(percentage) && percentage >= 1 && percentage <= 100;
  const isMissing = reason.trim() === "";

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isShare || isMissing) return;
    change.mutate({ releaseId: release.id, state, ring, percentage, reason }, { onSuccess: onDone });
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate data-testid="rollout-form">
      <Select
        label={t("releases.state")}
        description={state === "withdrawn" ? t("releases.withdrawnHelp") : t("releases.stateHelp")}
        allowDeselect={false}
        data-testid="rollout-state"
        data={states.map((word) => ({ value: word, label: codedText(t, "rolloutState", word) ?? word }))}
        value={state}
        onChange={(word) => setState((word ?? state) as RolloutState)}
      />
      <Select
        label={t("releases.ring")}
        description={t("releases.ringHelp")}
        allowDeselect={false}
        data-testid="rollout-ring"
        data={rings.map((word) => ({ value: word, label: codedText(t, "ring", word) ?? word }))}
        value={ring}
        onChange={(word) => setRing((word ?? ring) as Ring)}
      />
      <NumberInput
        label={t("releases.percentage")}
        description={t("releases.percentageHelp")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        allowDecimal={false}
        allowNegative={false}
        hideControls
        data-testid="rollout-percentage"
        error={isTried && !isShare ? t("releases.percentageInvalid") : undefined}
        value={percentage}
        onChange={setPercentage}
      />
      <ReasonField value={reason} onChange={setReason} isMissing={isTried && isMissing} />
      {change.isError && (
        <Notice tone="bad" data-testid="rollout-error">
          {failureText(t, change.error)}
        </Notice>
      )}
      <div className={styles.actions}>
        <ActionButton variant="default" type="button" data-testid="rollout-cancel" onClick={onDone}>
          {t("common.cancel")}
        </ActionButton>
        <ActionButton type="submit" data-testid="rollout-save" loading={change.isPending}>
          {t("administration.save")}
        </ActionButton>
      </div>
    </form>
  );
}
