import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { MasterRecordRow } from "../../../bridge/bindings";
import { type Formats, useFormats } from "../../../ui/formats";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import styles from "./master-records.module.css";
import { MasterStatusWord } from "./master-status-word";

type Props = { rows: MasterRecordRow[]; onOpen: (row: MasterRecordRow) => void };

export function MasterRecordTable({ rows, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => columnsOf(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("masters.title")}
      rows={rows}
      columns={columns}
      rowId={(row) => row.id}
      rowTestId={(row) => `master-row-${row.product_code}-${row.version}`}
      onOpen={onOpen}
      data-testid="master-table"
    />
  );
}

function columnsOf(t: TFunction, formats: Formats): TableColumn<MasterRecordRow>[] {
  return [
    {
      id: "product",
      header: t("masters.product"),
      width: "minmax(220px, 1.6fr)",
      cell: (row) => <strong className={styles.cut}>{row.product}</strong>,
    },
    { id: "code", header: t("masters.code"), width: "minmax(100px, 0.6fr)", cell: (row) => row.product_code },
    {
      id: "version",
      header: t("masters.version"),
      width: "88px",
      align: "end",
      cell: (row) => formats.count(row.version),
    },
    {
      id: "status",
      header: t("masters.status"),
      width: "minmax(150px, 0.8fr)",
      cell: (row) => <MasterStatusWord status={row.status} />,
    },
    {
      id: "effective",
      header: t("masters.effectiveFrom"),
      width: "132px",
      cell: (row) =>
        row.effective_from === null ? (
          <span className={styles.muted}>{t("masters.notYet")}</span>
        ) : (
          formats.date(row.effective_from)
        ),
    },
    {
      id: "author",
      header: t("masters.author"),
      width: "minmax(130px, 0.8fr)",
      cell: (row) => <span className={styles.cut}>{row.created_by_name ?? t("masters.system")}</span>,
    },
    { id: "created", header: t("masters.created"), width: "132px", cell: (row) => formats.date(row.created_at) },
  ];
}
