import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { FailureState } from "../../../ui/failure-state";
import { Sheet } from "../../../ui/sheet";
import { usePlant } from "../api/open-plant";
import { ChangePlantForm } from "./change-plant-form";

type Props = { plantId: string; onClose: () => void };

export function PlantSheet({ plantId, onClose }: Props) {
  const { t } = useTranslation();
  const read = usePlant(plantId);
  const refresh = () => void read.refetch();
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={read.data?.plant.name ?? t("plants.one")}
      data-testid="plant-sheet"
    >
      {read.isPending && <Skeleton height={240} aria-label={t("common.loading")} />}
      {read.isError && (
        <FailureState title={t("plants.oneFailed")} failure={read.error} onRetry={refresh} data-testid="plant-failed" />
      )}
      {read.isSuccess && (
        <ChangePlantForm key={read.data.etag} details={read.data} onDone={onClose} onRefresh={refresh} />
      )}
    </Sheet>
  );
}
