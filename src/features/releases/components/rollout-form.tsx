import { NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ReleaseView, Ring, RolloutState } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ReasonForm } from "../../../ui/reason-form";
import { useChangeRollout } from "../api/change-rollout";

const states: RolloutState[] = ["running", "paused", "withdrawn"];
const rings: Ring[] = ["pilot", "plant", "all"];

type Props = { release: ReleaseView; onDone: () => void; onRefresh: () => void };

export function RolloutForm({ release, onDone, onRefresh }: Props) {
  const { t } = useTranslation();
  const change = useChangeRollout();
  const [state, setState] = useState(release.state);
  const [ring, setRing] = useState(release.ring);
  const [percentage, setPercentage] = useState<number | null>(release.percentage);
  const [isTried, setTried] = useState(false);
  const isShare = percentage !== null && percentage >= 1 && percentage <= 100;

  return (
    <ReasonForm
      press={t("administration.save")}
      isComplete={isShare}
      isPending={change.isPending}
      failure={change.error}
      onTry={() => setTried(true)}
      onSubmit={(reason) => {
        if (!isShare) return;
        change.mutate({ releaseId: release.id, state, ring, percentage, reason }, { onSuccess: onDone });
      }}
      onCancel={onDone}
      onRefresh={onRefresh}
      data-testid="rollout-form"
    >
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
        value={percentage ?? ""}
        onChange={(value) => setPercentage(typeof value === "number" ? value : null)}
      />
    </ReasonForm>
  );
}
