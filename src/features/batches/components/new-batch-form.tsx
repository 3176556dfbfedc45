import { Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MakeableProduct } from "../../../bridge/bindings";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useMakeBatch } from "../api/make-batch";
import { useBatchProposal } from "../api/propose-batch";
import styles from "./new-batch.module.css";
import { ProposalFacts } from "./proposal-facts";

type Props = {
  product: MakeableProduct;
  onBusy: (isBusy: boolean) => void;
  onClose: () => void;
  onMade: (batchId: string) => void;
  /** Another version is effective by now. */
  onOutdated: () => void;
};

export function NewBatchForm({ product, onBusy, onClose, onMade, onOutdated }: Props) {
  const { t } = useTranslation();
  const proposal = useBatchProposal(product.masterRecordId);
  const make = useMakeBatch();
  const [days, setDays] = useState({ first: "", last: "" });
  const [personId, setPersonId] = useState<string | null>(null);
  const [isTried, setTried] = useState(false);
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const missing = (day: string) => (isTried && day === "" ? t("plant.required") : undefined);

  // Another wish is another request.
  function changed() {
    setRequestKey(crypto.randomUUID());
    if (make.isError) make.reset();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (days.first === "" || days.last === "" || proposal.data === undefined || make.isPending) return;
    onBusy(true);
    make.mutate(
      {
        masterRecordId: product.masterRecordId,
        productCode: product.productCode,
        plannedFirstDay: days.first,
        plannedLastDay: days.last,
        assignedTo: personId,
        requestKey,
      },
      {
        onSuccess: (made) => onMade(made.id),
        onError: (failure) => {
          if (failureCode(failure) === "master_not_effective") onOutdated();
        },
        onSettled: () => onBusy(false),
      },
    );
  }

  const failure = proposal.error ?? make.error;
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {!proposal.isError && <ProposalFacts proposal={proposal.data} />}
      <div className={styles.days}>
        {(["first", "last"] as const).map((which) => (
          <TextInput
            key={which}
            type="date"
            label={t(which === "first" ? "newBatch.firstDay" : "newBatch.lastDay")}
            data-testid={`new-batch-${which}`}
            error={missing(days[which])}
            value={days[which]}
            onChange={(event) => {
              setDays({ ...days, [which]: event.currentTarget.value });
              changed();
            }}
          />
        ))}
      </div>
      <p className={styles.muted}>{t("newBatch.daysHelp", { zone: proposal.data?.timeZone ?? "" })}</p>
      <Select
        label={t("newBatch.assigned")}
        placeholder={t("newBatch.nobody")}
        clearable
        data-testid="new-batch-person"
        data={proposal.data?.people.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        value={personId}
        onChange={(id) => {
          setPersonId(id);
          changed();
        }}
      />
      {failure !== null && (
        <Notice tone="bad" data-testid="new-batch-error">
          <span data-code={failureCode(failure)}>{failureText(t, failure)}</span>
        </Notice>
      )}
      <div className={styles.actions}>
        <ActionButton variant="default" type="button" data-testid="new-batch-cancel" onClick={onClose}>
          {t("common.cancel")}
        </ActionButton>
        <ActionButton type="submit" data-testid="new-batch-make" loading={make.isPending}>
          {t("newBatch.make")}
        </ActionButton>
      </div>
    </form>
  );
}
