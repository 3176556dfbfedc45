import { Skeleton } from "@mantine/core";
import { IconBuildingFactory2 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { EmptyState } from "../../../ui/empty-state";
import { FailureState } from "../../../ui/failure-state";
import { Page } from "../../../ui/page";
import { usePlants } from "../api/list-plants";
import styles from "./administration.module.css";
import { NewPlantSheet } from "./new-plant-sheet";
import { PlantCard } from "./plant-card";
import { PlantSheet } from "./plant-sheet";

/** The plants that the person sees, with what there is in each. */
export function PlantsScreen({ isOffline }: { isOffline: boolean }) {
  const { t } = useTranslation();
  const read = usePlants();
  const [opened, setOpened] = useState<{ id: string } | "new" | null>(null);
  const canManage = read.data?.canManage === true;
  const close = () => setOpened(null);
  return (
    <Page
      title={t("plants.title")}
      note={read.isSuccess ? t("plants.count", { count: read.data.items.length }) : undefined}
      data-testid="plants"
      actions={
        canManage && (
          <ActionButton
            data-testid="plants-new"
            reasonSide="left"
            disabledReason={isOffline ? t("administration.offline") : undefined}
            onClick={() => setOpened("new")}
          >
            {t("plants.new")}
          </ActionButton>
        )
      }
    >
      {read.isPending && <Skeleton height={260} aria-label={t("common.loading")} />}
      {read.isError && (
        <FailureState
          title={isOffline ? t("administration.offlineTitle") : t("plants.failed")}
          failure={read.error}
          help={isOffline ? t("administration.offlineHelp") : undefined}
          onRetry={() => void read.refetch()}
          data-testid="plants-failed"
        />
      )}
      {read.isSuccess && read.data.items.length === 0 && (
        <EmptyState icon={IconBuildingFactory2} title={t("plants.emptyTitle")} data-testid="plants-empty">
          {t("plants.empty")}
        </EmptyState>
      )}
      {read.isSuccess && (
        <ul className={styles.cards}>
          {read.data.items.map((plant) => (
            <PlantCard
              key={plant.id}
              plant={plant}
              onChange={canManage ? () => setOpened({ id: plant.id }) : undefined}
            />
          ))}
        </ul>
      )}
      {opened === "new" && <NewPlantSheet onClose={close} />}
      {opened !== null && opened !== "new" && <PlantSheet key={opened.id} plantId={opened.id} onClose={close} />}
    </Page>
  );
}
