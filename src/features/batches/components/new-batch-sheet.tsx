import { Loader, Select } from "@mantine/core";
import { IconFileOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { Sheet } from "../../../ui/sheet";
import { useMakeableProducts } from "../api/makeable-products";
import styles from "./new-batch.module.css";
import { NewBatchForm } from "./new-batch-form";

type Props = { onClose: () => void; onMade: (batchId: string) => void };

/** A batch is made of an effective master batch record; everything but the days and the person stands there. */
export function NewBatchSheet({ onClose, onMade }: Props) {
  const { t } = useTranslation();
  const products = useMakeableProducts();
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [isMaking, setMaking] = useState(false);
  const only = products.data?.length === 1 ? products.data[0] : undefined;
  const chosen = products.data?.find(({ masterRecordId }) => masterRecordId === chosenId) ?? only;
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("newBatch.title")}
      isKeptOpen={isMaking}
      data-testid="new-batch"
    >
      {products.isPending && <Loader role="status" aria-label={t("common.loading")} />}
      {products.isError && (
        <FailureState
          title={t("newBatch.failed")}
          failure={products.error}
          onRetry={() => void products.refetch()}
          data-testid="new-batch-failed"
        />
      )}
      {products.data?.length === 0 && (
        <EmptyState
          icon={IconFileOff}
          title={t("newBatch.noneTitle")}
          data-testid="new-batch-none"
          action={
            <ActionButton variant="default" data-testid="new-batch-leave" onClick={onClose}>
              {t("common.close")}
            </ActionButton>
          }
        >
          {t("newBatch.noneHelp")}
        </EmptyState>
      )}
      {products.data !== undefined && products.data.length > 0 && (
        <div className={styles.form}>
          <Select
            label={t("batches.product")}
            placeholder={t("newBatch.choose")}
            allowDeselect={false}
            disabled={isMaking}
            data-testid="new-batch-product"
            data={products.data.map(({ masterRecordId, product, productCode }) => ({
              value: masterRecordId,
              label: `${product} (${productCode})`,
            }))}
            value={chosen?.masterRecordId ?? null}
            onChange={setChosenId}
          />
          {chosen !== undefined && (
            <NewBatchForm
              key={chosen.masterRecordId}
              product={chosen}
              onBusy={setMaking}
              onClose={onClose}
              onMade={onMade}
              onOutdated={() => void products.refetch()}
            />
          )}
        </div>
      )}
    </Sheet>
  );
}
