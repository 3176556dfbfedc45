import { ActionIcon, Skeleton } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CapaStepName, CapaView, SignedInPerson } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import { Page } from "../../../ui/page";
import { SignatureList } from "../../../ui/signature-list";
import { useCapa } from "../api/capa";
import { CapaFacts } from "./capa-facts";
import { CapaStepSheet } from "./capa-step-sheet";
import styles from "./deviations.module.css";
import { Way } from "./way";
import { capaWay } from "./words";

type Props = {
  id: string;
  person: SignedInPerson;
  isOffline: boolean;
  onBack: () => void;
  onOpenDeviation: (id: string) => void;
};

/** One corrective or preventive action, from the problem to the proof that it helped. */
export function CapaScreen(props: Props) {
  const { t } = useTranslation();
  const read = useCapa(props.id);
  if (read.isPending) {
    return (
      <Page title={t("capas.one")}>
        <Skeleton height={420} aria-label={t("common.loading")} data-testid="capa-loading" />
      </Page>
    );
  }
  if (read.isError) {
    return (
      <Page title={t("capas.one")}>
        <FailureState
          title={t("capas.oneFailed")}
          failure={read.error}
          onRetry={() => void read.refetch()}
          data-testid="capa-failed"
        />
      </Page>
    );
  }
  return <ShownCapa {...props} view={read.data} />;
}

function ShownCapa({ view, person, isOffline, onBack, onOpenDeviation }: Props & { view: CapaView }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<CapaStepName | null>(null);
  const { row, signatures, content_hash: contentHash } = view.capa;
  const offered = view.steps.filter(({ refusal }) => refusal !== "step_not_allowed");
  const taken = view.steps.find(({ step }) => step === opened);
  const why = (refusal: string | null) => {
    if (isOffline) return t("administration.offline");
    return refusal === null ? undefined : (codedText(t, "errors", refusal) ?? refusal);
  };

  return (
    <Page
      title={row.code}
      data-testid="capa"
      actions={
        <div className={styles.buttons}>
          <ActionIcon
            variant="default"
            className={styles.icon}
            aria-label={t("capas.toList")}
            data-testid="capa-back"
            onClick={onBack}
          >
            <IconArrowLeft size={22} aria-hidden />
          </ActionIcon>
          {offered.map(({ step, refusal }) => (
            <ActionButton
              key={step}
              data-testid={`capa-step-${step}`}
              disabledReason={why(refusal)}
              onClick={() => setOpened(step)}
            >
              {codedText(t, "capaSteps", step) ?? step}
            </ActionButton>
          ))}
        </div>
      }
    >
      <Way
        label={t("deviations.way")}
        steps={capaWay.map((status) => ({ id: status, text: codedText(t, "capaStatus", status) ?? status }))}
        current={row.status}
        isDone={row.status === "Closed"}
        data-testid="capa-way"
      />
      <CapaFacts capa={view.capa} onOpenDeviation={onOpenDeviation} />
      <SignatureList signatures={signatures} contentHash={contentHash} />
      {taken !== undefined && (
        <CapaStepSheet view={view} taken={taken} person={person} onClose={() => setOpened(null)} />
      )}
    </Page>
  );
}
