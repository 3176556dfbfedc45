import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { QualificationItem } from "../../../bridge/bindings";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ReasonForm } from "../../../ui/reason-form";
import { useChangeQualification } from "../api/qualifications";

type Props = { act: "renew" | "withdraw"; item: QualificationItem; onDone: () => void; onRefresh: () => void };

/** Renews a qualification, or takes it back. */
export function ChangeQualificationForm({ act, item, onDone, onRefresh }: Props) {
  const { t } = useTranslation();
  const change = useChangeQualification();
  const [until, setUntil] = useState("");
  const [isTried, setTried] = useState(false);
  const { id, revision, person_name: name, procedure_title: procedure } = item.row;
  const isRenewal = act === "renew";
  const isOfDay = failureCode(change.error) === "valid_until_invalid";
  return (
    <ReasonForm
      sentence={
        isRenewal
          ? t("qualifications.renewHelp", { name, procedure })
          : t("qualifications.withdrawHelp", { name, procedure })
      }
      press={isRenewal ? t("qualifications.renew") : t("qualifications.withdraw")}
      isComplete={!isRenewal || until !== ""}
      isPending={change.isPending}
      failure={isOfDay ? null : change.error}
      onTry={() => setTried(true)}
      onSubmit={(reason) =>
        change.mutate({ id, revision, validUntil: isRenewal ? until : null, reason }, { onSuccess: onDone })
      }
      onCancel={onDone}
      onRefresh={onRefresh}
      data-testid="change-qualification"
    >
      {isRenewal && (
        <TextInput
          type="date"
          label={t("qualifications.validUntil")}
          data-testid="qualification-new-until"
          error={isTried && until === "" ? t("plant.required") : isOfDay ? failureText(t, change.error) : undefined}
          value={until}
          onChange={(event) => {
            setUntil(event.currentTarget.value);
            if (change.isError) change.reset();
          }}
        />
      )}
    </ReasonForm>
  );
}
