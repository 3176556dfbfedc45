import { Skeleton, Tabs } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MasterRecordView, SignedInPerson } from "../../../bridge/bindings";
import { FailureState } from "../../../ui/failure-state";
import { useFormats } from "../../../ui/formats";
import { Page } from "../../../ui/page";
import { useMasterRecord } from "../api/master-record";
import { ComparePanel } from "./compare-panel";
import styles from "./master-records.module.css";
import { ProcedureView } from "./procedure-view";
import { RecipeTable } from "./recipe-table";
import { RecordActions } from "./record-actions";
import { RecordHead } from "./record-head";
import { SignaturesPanel } from "./signatures-panel";

type Props = {
  id: string;
  person: SignedInPerson;
  isOffline: boolean;
  onBack: () => void;
  onOpen: (id: string) => void;
  onEdit: (id: string) => void;
};

/** One version: what it says, what is different in it, who has signed it and what may be done with it now. */
export function MasterRecordScreen(props: Props) {
  const { t } = useTranslation();
  const read = useMasterRecord(props.id);
  if (read.isPending) {
    return (
      <Page title={t("masters.one")}>
        <Skeleton height={420} aria-label={t("common.loading")} data-testid="master-loading" />
      </Page>
    );
  }
  if (read.isError) {
    return (
      <Page title={t("masters.one")}>
        <FailureState
          title={t("masters.oneFailed")}
          failure={read.error}
          onRetry={() => void read.refetch()}
          data-testid="master-failed"
        />
      </Page>
    );
  }
  return <ShownRecord {...props} view={read.data} />;
}

function ShownRecord({ view, person, isOffline, onBack, onOpen, onEdit }: Props & { view: MasterRecordView }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [tab, setTab] = useState<string | null>("procedure");
  const [place, setPlace] = useState<string | null>(null);
  const { row, procedure, faults, signatures } = view.record;

  function show(path: string) {
    setTab(path.startsWith("/recipe") ? "recipe" : "procedure");
    setPlace(path);
  }

  return (
    <Page
      title={`${row.product} · ${t("masters.versionOf", { version: formats.count(row.version) })}`}
      isFilling
      data-testid="master"
      actions={<RecordActions view={view} person={person} isOffline={isOffline} onBack={onBack} onEdit={onEdit} />}
    >
      <RecordHead view={view} onOpen={onOpen} />
      <Tabs className={styles.tabs} value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List aria-label={t("masters.one")}>
          <Tabs.Tab value="procedure" data-testid="tab-procedure">
            {t("masters.procedure")}
          </Tabs.Tab>
          <Tabs.Tab value="recipe" data-testid="tab-recipe">
            {t("masters.recipe")}
          </Tabs.Tab>
          <Tabs.Tab value="compare" data-testid="tab-compare">
            {t("masters.compare")}
          </Tabs.Tab>
          <Tabs.Tab value="signatures" data-testid="tab-signatures">
            {t("masters.signaturesTab", { signatures: signatures.length, faults: faults.length })}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="procedure" className={styles.panel}>
          <ProcedureView procedure={procedure} place={place} />
        </Tabs.Panel>
        <Tabs.Panel value="recipe" className={styles.panel}>
          <RecipeTable procedure={procedure} />
        </Tabs.Panel>
        <Tabs.Panel value="compare" className={styles.panel}>
          <ComparePanel view={view} />
        </Tabs.Panel>
        <Tabs.Panel value="signatures" className={styles.panel}>
          <SignaturesPanel record={view.record} onPlace={show} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
