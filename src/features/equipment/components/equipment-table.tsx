import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { EquipmentItem } from "../../../bridge/bindings";
import styles from "../../../ui/register.module.css";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import { CalibrationWord, CleanlinessWord, EquipmentStateWord } from "./equipment-words";

export function EquipmentTable({ items, onOpen }: { items: EquipmentItem[]; onOpen: (id: string) => void }) {
  const { t } = useTranslation();
  const columns = useMemo(() => equipmentColumns(t), [t]);
  return (
    <VirtualTable
      label={t("equipment.title")}
      rows={items}
      columns={columns}
      rowId={(item) => item.row.id}
      rowTestId={(item) => `equipment-row-${item.row.code}`}
      onOpen={(item) => onOpen(item.row.id)}
      data-testid="equipment-table"
    />
  );
}

function equipmentColumns(t: TFunction): TableColumn<EquipmentItem>[] {
  return [
    {
      id: "code",
      header: t("equipment.one"),
      width: "minmax(190px, 1.3fr)",
      cell: ({ row }) => (
        <div className={styles.two}>
          <strong>{row.code}</strong>
          <small>{row.name}</small>
        </div>
      ),
    },
    {
      id: "kind",
      header: t("equipment.kind"),
      width: "minmax(150px, 1fr)",
      cell: ({ row }) => <span className={styles.cut}>{row.kind}</span>,
    },
    {
      id: "state",
      header: t("equipment.state"),
      width: "minmax(160px, 1fr)",
      cell: (item) => (
        <div className={styles.two}>
          <EquipmentStateWord item={item} />
          <small>{item.row.in_use_for_number}</small>
        </div>
      ),
    },
    {
      id: "clean",
      header: t("equipment.cleanliness"),
      width: "220px",
      cell: (item) => <CleanlinessWord item={item} />,
    },
    {
      id: "calibration",
      header: t("equipment.calibrationDue"),
      width: "200px",
      cell: (item) => <CalibrationWord item={item} />,
    },
  ];
}
