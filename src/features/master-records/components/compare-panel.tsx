import { Select, Skeleton } from "@mantine/core";
import { IconEqual, IconGitCompare } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MasterRecordView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { useFormats } from "../../../ui/formats";
import { useDifference } from "../api/compare-master-records";
import { ChangeList } from "./change-list";
import styles from "./master-records.module.css";

/** What is different against another version of the product. */
export function ComparePanel({ view }: { view: MasterRecordView }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { others } = view;
  const { id, version } = view.record.row;
  const based = others.find((other) => other.id === view.record.based_on) ?? others.find((o) => o.version < version);
  const [from, setFrom] = useState(based?.id ?? others[0]?.id ?? null);
  const difference = useDifference(id, from);
  if (others.length === 0) {
    return (
      <EmptyState icon={IconGitCompare} title={t("masters.noOthersTitle")} data-testid="compare-none">
        {t("masters.noOthers")}
      </EmptyState>
    );
  }
  return (
    <div className={styles.procedure} data-testid="compare">
      <Select
        className={styles.single}
        label={t("masters.compareWith")}
        allowDeselect={false}
        data-testid="compare-with"
        data={others.map((other) => ({
          value: other.id,
          label: `${t("masters.versionOf", { version: formats.count(other.version) })} · ${codedText(t, "masterStatus", other.status) ?? other.status}`,
        }))}
        value={from}
        onChange={setFrom}
      />
      {difference.isPending && <Skeleton height={240} aria-label={t("common.loading")} />}
      {difference.isError && (
        <FailureState
          title={t("masters.compareFailed")}
          failure={difference.error}
          onRetry={() => void difference.refetch()}
          data-testid="compare-failed"
        />
      )}
      {difference.isSuccess && difference.data.changes.length === 0 && (
        <EmptyState icon={IconEqual} title={t("masters.sameTitle")} data-testid="compare-same">
          {t("masters.same")}
        </EmptyState>
      )}
      {difference.isSuccess && difference.data.changes.length > 0 && (
        <>
          <p className={styles.muted} data-testid="compare-count">
            {t("masters.changes", {
              count: difference.data.changes.length,
              from: formats.count(difference.data.from_version),
              to: formats.count(difference.data.to_version),
            })}
          </p>
          <ChangeList changes={difference.data.changes} />
        </>
      )}
    </div>
  );
}
