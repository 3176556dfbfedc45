import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { BatchListItem } from "../../../bridge/bindings";
import { type Formats, useFormats } from "../../../ui/formats";
import { type TableColumn, type TableSort, VirtualTable } from "../../../ui/virtual-table";
import { BatchMarks } from "./batch-marks";
import { BatchProgress } from "./batch-progress";
import { BatchStatusWord } from "./batch-status-word";
import styles from "./batches-screen.module.css";

type Props = {
  items: BatchListItem[];
  sort: TableSort;
  onSort: (sort: TableSort) => void;
  onOpen: (batchId: string) => void;
};

export function BatchTable({ items, sort, onSort, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => batchColumns(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("batches.title")}
      rows={items}
      columns={columns}
      rowId={(item) => item.id}
      rowTestId={(item) => `batch-row-${item.number}`}
      sort={sort}
      onSort={onSort}
      onOpen={(item) => onOpen(item.id)}
      data-testid="batch-table"
    />
  );
}

function batchColumns(t: TFunction, formats: Formats): TableColumn<BatchListItem>[] {
  return [
    {
      id: "number",
      header: t("batches.number"),
      width: "130px",
      isSortable: true,
      cell: (item) => <span className={styles.number}>{item.number}</span>,
    },
    {
      id: "product",
      header: t("batches.product"),
      width: "minmax(220px, 1.2fr)",
      isSortable: true,
      cell: (item) => (
        <div className={styles.two}>
          <span>{item.product}</span>
          <small>{t("batches.quantity", { quantity: formats.number(item.quantity), unit: item.unit })}</small>
        </div>
      ),
    },
    {
      id: "status",
      header: t("batches.status"),
      width: "132px",
      isSortable: true,
      cell: (item) => <BatchStatusWord status={item.status} reason={item.holdReason} />,
    },
    {
      id: "progress",
      header: t("batches.progress"),
      width: "132px",
      isSortable: true,
      cell: (item) => <BatchProgress done={item.completedPhases} all={item.phaseCount} />,
    },
    {
      id: "next_phase",
      header: t("batches.nextPhase"),
      width: "minmax(220px, 1.2fr)",
      cell: (item) => (
        <div className={styles.two}>
          <span>{item.nextPhase ?? (item.phaseCount > 0 ? t("batches.allDone") : "")}</span>
          <BatchMarks item={item} />
        </div>
      ),
    },
    {
      id: "started_at",
      header: t("batches.startedAt"),
      width: "128px",
      isSortable: true,
      cell: (item) => formats.date(item.startedAt),
    },
  ];
}
