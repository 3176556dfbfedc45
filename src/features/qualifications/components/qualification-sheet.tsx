import { Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import styles from "../../../ui/register.module.css";
import { Sheet } from "../../../ui/sheet";
import { useQualification } from "../api/qualifications";
import { ChangeQualificationForm } from "./change-qualification-form";
import { QualificationFacts } from "./qualification-facts";

type Props = { id: string; canManage: boolean; onClose: () => void };

/** One person's qualification for one procedure. */
export function QualificationSheet({ id, canManage, onClose }: Props) {
  const { t } = useTranslation();
  const read = useQualification(id);
  const [act, setAct] = useState<"renew" | "withdraw" | null>(null);
  const back = () => setAct(null);
  const refresh = () => void read.refetch();
  const own = read.data?.isOwn === true ? t("errors.own_qualification") : undefined;
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={read.data?.row.person_name ?? t("qualifications.one")}
      data-testid="qualification-sheet"
    >
      {read.isPending && <Skeleton height={240} aria-label={t("common.loading")} />}
      {read.isError && (
        <FailureState
          title={t("qualifications.oneFailed")}
          failure={read.error}
          onRetry={refresh}
          data-testid="qualification-failed"
        />
      )}
      {read.isSuccess && act === null && (
        <div className={styles.form}>
          <QualificationFacts item={read.data} />
          {canManage && (
            <div className={styles.buttons}>
              <ActionButton
                variant="default"
                disabledReason={own}
                data-testid="qualification-renew"
                onClick={() => setAct("renew")}
              >
                {t("qualifications.renew")}
              </ActionButton>
              {read.data.state !== "withdrawn" && (
                <ActionButton variant="default" data-testid="qualification-withdraw" onClick={() => setAct("withdraw")}>
                  {t("qualifications.withdraw")}
                </ActionButton>
              )}
            </div>
          )}
        </div>
      )}
      {read.isSuccess && act !== null && (
        <ChangeQualificationForm
          key={read.data.row.revision}
          act={act}
          item={read.data}
          onDone={back}
          onRefresh={refresh}
        />
      )}
    </Sheet>
  );
}
