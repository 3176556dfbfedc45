import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LotView } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import { ReasonForm } from "../../../ui/reason-form";
import { useChangeLot } from "../api/lots";
import { isLotDetailFailure, type LotDetailValues, LotFields } from "./lot-fields";

type Props = { lot: LotView; units: LotView["row"]["unit"][]; onDone: () => void; onRefresh: () => void };

/** Puts right what is told of a lot. */
export function ChangeLotForm({ lot, units, onDone, onRefresh }: Props) {
  const { t } = useTranslation();
  const { decimalSeparator, number } = useFormats();
  const change = useChangeLot();
  const { row } = lot;
  const [isTried, setTried] = useState(false);
  const [details, setDetails] = useState<LotDetailValues>({
    supplier: row.supplier,
    supplierLot: row.supplier_lot,
    quantity: number(row.quantity),
    unit: row.unit,
    manufacturedOn: row.manufactured_on,
    expiresOn: row.expires_on,
    retestOn: row.retest_on,
    potencyPercent: row.potency_percent === null ? null : number(row.potency_percent),
  });
  return (
    <ReasonForm
      press={t("administration.save")}
      isComplete={details.quantity.trim() !== ""}
      isPending={change.isPending}
      failure={isLotDetailFailure(change.error) ? null : change.error}
      onTry={() => setTried(true)}
      onSubmit={(reason) =>
        change.mutate(
          { id: row.id, revision: row.revision, details: { ...details, decimalSeparator }, reason },
          { onSuccess: onDone },
        )
      }
      onCancel={onDone}
      onRefresh={onRefresh}
      data-testid="change-lot"
    >
      <LotFields
        values={details}
        onChange={(next) => {
          setDetails(next);
          if (change.isError) change.reset();
        }}
        units={units}
        isTried={isTried}
        failure={change.error}
      />
    </ReasonForm>
  );
}
