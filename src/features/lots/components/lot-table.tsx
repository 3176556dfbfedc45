import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { LotView } from "../../../bridge/bindings";
import { type Formats, useFormats } from "../../../ui/formats";
import styles from "../../../ui/register.module.css";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import { LotStatusWord } from "./lot-status-word";

export function LotTable({ items, onOpen }: { items: LotView[]; onOpen: (id: string) => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => lotColumns(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("lots.title")}
      rows={items}
      columns={columns}
      rowId={(item) => item.row.id}
      rowTestId={(item) => `lot-row-${item.row.number}`}
      onOpen={(item) => onOpen(item.row.id)}
      data-testid="lot-table"
    />
  );
}

function lotColumns(t: TFunction, formats: Formats): TableColumn<LotView>[] {
  const day = (text: string | null) => (text === null ? "" : formats.plainDate(text));
  return [
    {
      id: "number",
      header: t("lots.number"),
      width: "minmax(150px, 1fr)",
      cell: ({ row }) => (
        <div className={styles.two}>
          <strong>{row.number}</strong>
          <small>{row.supplier_lot}</small>
        </div>
      ),
    },
    {
      id: "material",
      header: t("lots.material"),
      width: "minmax(200px, 1.6fr)",
      cell: ({ row }) => (
        <div className={styles.two}>
          <span>{row.material}</span>
          <small>{row.material_code}</small>
        </div>
      ),
    },
    { id: "status", header: t("lots.status"), width: "176px", cell: (item) => <LotStatusWord lot={item} /> },
    {
      id: "quantity",
      header: t("lots.quantity"),
      width: "132px",
      align: "end",
      cell: ({ row }) => (
        <span className={styles.figure}>
          {formats.number(row.quantity)} {row.unit}
        </span>
      ),
    },
    { id: "expires", header: t("lots.expiresOn"), width: "132px", cell: ({ row }) => day(row.expires_on) },
    { id: "retest", header: t("lots.retestOn"), width: "132px", cell: ({ row }) => day(row.retest_on) },
  ];
}
