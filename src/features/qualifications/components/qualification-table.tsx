import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { QualificationItem } from "../../../bridge/bindings";
import { type Formats, useFormats } from "../../../ui/formats";
import styles from "../../../ui/register.module.css";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import { QualificationWord } from "./qualification-word";

type Props = { items: QualificationItem[]; onOpen: (id: string) => void };

export function QualificationTable({ items, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => qualificationColumns(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("qualifications.title")}
      rows={items}
      columns={columns}
      rowId={(item) => item.row.id}
      rowTestId={(item) => `qualification-row-${item.row.procedure_code}-${item.row.person_id}`}
      onOpen={(item) => onOpen(item.row.id)}
      data-testid="qualification-table"
    />
  );
}

function qualificationColumns(t: TFunction, formats: Formats): TableColumn<QualificationItem>[] {
  return [
    {
      id: "procedure",
      header: t("qualifications.procedure"),
      width: "minmax(220px, 1.6fr)",
      cell: ({ row }) => (
        <div className={styles.two}>
          <strong>{row.procedure_title}</strong>
          <small>{row.procedure_code}</small>
        </div>
      ),
    },
    {
      id: "person",
      header: t("qualifications.person"),
      width: "minmax(160px, 1fr)",
      cell: ({ row }) => <span className={styles.cut}>{row.person_name}</span>,
    },
    {
      id: "state",
      header: t("qualifications.state"),
      width: "170px",
      cell: ({ state }) => <QualificationWord state={state} />,
    },
    {
      id: "valid",
      header: t("qualifications.validUntil"),
      width: "150px",
      cell: ({ row }) => formats.plainDate(row.valid_until),
    },
    {
      id: "granted",
      header: t("qualifications.grantedBy"),
      width: "minmax(150px, 1fr)",
      cell: ({ row }) => (
        <div className={styles.two}>
          <span>{row.granted_by_name}</span>
          <small>{formats.date(row.granted_at)}</small>
        </div>
      ),
    },
  ];
}
