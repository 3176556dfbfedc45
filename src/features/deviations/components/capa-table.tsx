import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CapaRow } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import styles from "./deviations.module.css";

type Props = { rows: CapaRow[]; onOpen: (row: CapaRow) => void };

export function CapaTable({ rows, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => columnsOf(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("capas.title")}
      rows={rows}
      columns={columns}
      rowId={(row) => row.id}
      rowTestId={(row) => `capa-row-${row.code}`}
      onOpen={onOpen}
      data-testid="capa-table"
    />
  );
}

function columnsOf(t: TFunction, formats: Formats): TableColumn<CapaRow>[] {
  return [
    { id: "code", header: t("deviations.code"), width: "132px", cell: (row) => <strong>{row.code}</strong> },
    {
      id: "title",
      header: t("capas.what"),
      width: "minmax(220px, 1.6fr)",
      cell: (row) => <span className={styles.cut}>{row.title}</span>,
    },
    {
      id: "status",
      header: t("deviations.status"),
      width: "minmax(150px, 0.8fr)",
      cell: (row) => codedText(t, "capaStatus", row.status) ?? row.status,
    },
    {
      id: "owner",
      header: t("capas.owner"),
      width: "minmax(140px, 0.8fr)",
      cell: (row) => <span className={styles.cut}>{row.owner_name}</span>,
    },
    { id: "due", header: t("capas.due"), width: "132px", cell: (row) => formats.plainDate(row.due_on) },
    { id: "deviation", header: t("deviations.one"), width: "132px", cell: (row) => row.deviation_code },
  ];
}
