import { Skeleton, Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DeviationView, SignedInPerson } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { FailureState } from "../../../ui/failure-state";
import { Page } from "../../../ui/page";
import { SignatureList } from "../../../ui/signature-list";
import { useDeviation } from "../api/deviation";
import { CapasPanel } from "./capas-panel";
import { DeviationActions } from "./deviation-actions";
import { DeviationHead } from "./deviation-head";
import styles from "./deviations.module.css";
import { EvidencePanel } from "./evidence-panel";
import { FindingsPanel } from "./findings-panel";
import { Way } from "./way";
import { way } from "./words";

type Props = {
  id: string;
  person: SignedInPerson;
  isOffline: boolean;
  onBack: () => void;
  onOpenBatch: (batchId: string) => void;
  onOpenCapa: (id: string) => void;
};

/** One deviation: what happened, what was found out, what becomes of it, and who has signed that. */
export function DeviationScreen(props: Props) {
  const { t } = useTranslation();
  const read = useDeviation(props.id);
  if (read.isPending) {
    return (
      <Page title={t("deviations.one")}>
        <Skeleton height={420} aria-label={t("common.loading")} data-testid="deviation-loading" />
      </Page>
    );
  }
  if (read.isError) {
    return (
      <Page title={t("deviations.one")}>
        <FailureState
          title={t("deviations.oneFailed")}
          failure={read.error}
          onRetry={() => void read.refetch()}
          data-testid="deviation-failed"
        />
      </Page>
    );
  }
  return <ShownDeviation {...props} view={read.data} />;
}

function ShownDeviation({ view, person, isOffline, onBack, onOpenBatch, onOpenCapa }: Props & { view: DeviationView }) {
  const { t } = useTranslation();
  const { row, capas, signatures } = view.record;
  const rejected = row.status === "Rejected";
  const steps = rejected ? ([...way.slice(0, 2), "Rejected"] as const) : way;

  return (
    <Page
      title={row.code}
      data-testid="deviation"
      actions={<DeviationActions view={view} person={person} isOffline={isOffline} onBack={onBack} />}
    >
      <Way
        label={t("deviations.way")}
        steps={steps.map((status) => ({ id: status, text: codedText(t, "deviationStatus", status) ?? status }))}
        current={row.status}
        isDone={rejected || row.status === "Closed"}
        data-testid="deviation-way"
      />
      <DeviationHead view={view} onOpenBatch={onOpenBatch} />
      <Tabs defaultValue="findings" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="findings" data-testid="tab-findings">
            {t("deviations.findings")}
          </Tabs.Tab>
          <Tabs.Tab value="evidence" data-testid="tab-evidence">
            {t("deviations.evidence")}
          </Tabs.Tab>
          <Tabs.Tab value="capas" data-testid="tab-capas">
            {t("deviations.capasTab", { count: capas.length })}
          </Tabs.Tab>
          <Tabs.Tab value="signatures" data-testid="tab-deviation-signatures">
            {t("deviations.signaturesTab", { count: signatures.length })}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="findings" className={styles.panel}>
          <FindingsPanel view={view} />
        </Tabs.Panel>
        <Tabs.Panel value="evidence" className={styles.panel}>
          <EvidencePanel view={view} onOpenBatch={onOpenBatch} />
        </Tabs.Panel>
        <Tabs.Panel value="capas" className={styles.panel}>
          <CapasPanel view={view} onOpenCapa={onOpenCapa} />
        </Tabs.Panel>
        <Tabs.Panel value="signatures" className={styles.panel}>
          <SignatureList signatures={signatures} contentHash={view.record.content_hash} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
