import { Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LotView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import styles from "../../../ui/register.module.css";
import { Sheet } from "../../../ui/sheet";
import { useLot } from "../api/lots";
import { ChangeLotForm } from "./change-lot-form";
import { DecideLotForm } from "./decide-lot-form";
import { LotFacts } from "./lot-facts";

type Status = LotView["row"]["status"];
type Props = { id: string; units: LotView["row"]["unit"][]; onClose: () => void };

/** One lot: what is known of it, and what the person may make of it. */
export function LotSheet({ id, units, onClose }: Props) {
  const { t } = useTranslation();
  const read = useLot(id);
  const [act, setAct] = useState<Status | "change" | null>(null);
  const back = () => setAct(null);
  const refresh = () => void read.refetch();
  return (
    <Sheet isOpen onClose={onClose} side="right" title={read.data?.row.number ?? t("lots.one")} data-testid="lot-sheet">
      {read.isPending && <Skeleton height={240} aria-label={t("common.loading")} />}
      {read.isError && (
        <FailureState title={t("lots.oneFailed")} failure={read.error} onRetry={refresh} data-testid="lot-failed" />
      )}
      {read.isSuccess && act === null && (
        <div className={styles.form}>
          <LotFacts lot={read.data} />
          <div className={styles.buttons}>
            {read.data.decisions.map(({ status, refusal }) => (
              <ActionButton
                key={status}
                variant={status === "Approved" ? "filled" : "default"}
                disabledReason={refusal === null ? undefined : (codedText(t, "errors", refusal) ?? refusal)}
                data-testid={`lot-decide-${status.toLowerCase()}`}
                onClick={() => setAct(status)}
              >
                {codedText(t, "lotDecisions", status) ?? status}
              </ActionButton>
            ))}
            {read.data.canChange && (
              <ActionButton variant="default" data-testid="lot-change" onClick={() => setAct("change")}>
                {t("lots.change")}
              </ActionButton>
            )}
          </div>
        </div>
      )}
      {read.isSuccess && act === "change" && (
        <ChangeLotForm key={read.data.row.revision} lot={read.data} units={units} onDone={back} onRefresh={refresh} />
      )}
      {read.isSuccess && act !== null && act !== "change" && (
        <DecideLotForm key={read.data.row.revision} lot={read.data} status={act} onDone={back} onRefresh={refresh} />
      )}
    </Sheet>
  );
}
