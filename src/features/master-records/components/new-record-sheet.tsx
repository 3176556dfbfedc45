import { Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Procedure } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import { useCreateMasterRecord } from "../api/create-master-record";
import { isDecimal } from "./decimals";
import styles from "./master-records.module.css";
import { emptyOperation, emptyPhase } from "./procedure";
import { units } from "./words";

type Props = { onClose: () => void; onMade: (id: string) => void };

const begun: Procedure = { product: "", product_code: "", batch_size: "", batch_unit: "kg", unit_procedures: [] };

/** The head of a record that has no version yet; everything else is written in the editor. */
export function NewRecordSheet({ onClose, onMade }: Props) {
  const { t } = useTranslation();
  const create = useCreateMasterRecord();
  const [head, setHead] = useState(begun);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const missing = (text: string) => (isTried && text.trim() === "" ? t("plant.required") : undefined);
  const isWhole = [head.product, head.product_code, reason].every((text) => text.trim() !== "");

  function change(next: Procedure) {
    setHead(next);
    setRequestKey(crypto.randomUUID());
    if (create.isError) create.reset();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isWhole || !isDecimal(head.batch_size)) return;
    const part = t("masters.firstPart");
    const operation = { ...emptyOperation(), name: part, phases: [emptyPhase("P-010")] };
    const procedure = { ...head, unit_procedures: [{ name: part, operations: [operation] }] };
    create.mutate(
      { procedure, basedOn: null, reason, requestKey },
      { onSuccess: (view) => onMade(view.record.row.id) },
    );
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("masters.new")}
      isKeptOpen={create.isPending}
      data-testid="new-master"
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        <p className={styles.muted}>{t("masters.newHelp")}</p>
        <TextInput
          label={t("masters.product")}
          data-autofocus
          data-testid="new-master-product"
          error={missing(head.product)}
          value={head.product}
          onChange={(event) => change({ ...head, product: event.currentTarget.value })}
        />
        <TextInput
          label={t("masters.code")}
          data-testid="new-master-code"
          error={missing(head.product_code)}
          value={head.product_code}
          onChange={(event) => change({ ...head, product_code: event.currentTarget.value })}
        />
        <div className={styles.pair}>
          <TextInput
            label={t("masters.batchSize")}
            inputMode="decimal"
            data-testid="new-master-size"
            error={isTried && !isDecimal(head.batch_size) ? t("number.not_a_number") : undefined}
            value={head.batch_size}
            onChange={(event) => change({ ...head, batch_size: event.currentTarget.value.trim() })}
          />
          <Select
            label={t("masters.unit")}
            allowDeselect={false}
            data-testid="new-master-unit"
            data={units}
            value={head.batch_unit}
            onChange={(unit) => change({ ...head, batch_unit: unit as Procedure["batch_unit"] })}
          />
        </div>
        <ReasonField value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
        {create.isError && (
          <Notice tone="bad" data-testid="new-master-error">
            {failureText(t, create.error)}
          </Notice>
        )}
        <div className={styles.actions}>
          <ActionButton variant="default" type="button" data-testid="new-master-cancel" onClick={onClose}>
            {t("common.cancel")}
          </ActionButton>
          <ActionButton type="submit" data-testid="new-master-save" loading={create.isPending}>
            {t("masters.begin")}
          </ActionButton>
        </div>
      </form>
    </Sheet>
  );
}
