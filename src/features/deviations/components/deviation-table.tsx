import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { DeviationSummary } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import { DeviationStatusWord, SeverityWord } from "./deviation-marks";
import styles from "./deviations.module.css";

type Props = { rows: DeviationSummary[]; onOpen: (row: DeviationSummary) => void };

export function DeviationTable({ rows, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => columnsOf(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("deviations.title")}
      rows={rows}
      columns={columns}
      rowId={(row) => row.id}
      rowTestId={(row) => `deviation-row-${row.code}`}
      onOpen={onOpen}
      data-testid="deviation-table"
    />
  );
}

function columnsOf(t: TFunction, formats: Formats): TableColumn<DeviationSummary>[] {
  return [
    { id: "code", header: t("deviations.code"), width: "124px", cell: (row) => <strong>{row.code}</strong> },
    {
      id: "severity",
      header: t("deviations.severity"),
      width: "116px",
      cell: (row) => <SeverityWord severity={row.severity} />,
    },
    {
      id: "status",
      header: t("deviations.status"),
      width: "minmax(180px, 0.9fr)",
      cell: (row) => <DeviationStatusWord status={row.status} />,
    },
    {
      id: "place",
      header: t("deviations.place"),
      width: "minmax(170px, 1.1fr)",
      cell: (row) => <span className={styles.cut}>{placeOf(t, formats, row)}</span>,
    },
    {
      id: "cause",
      header: t("deviations.cause"),
      width: "minmax(150px, 0.9fr)",
      cell: (row) => <span className={styles.cut}>{codedText(t, "deviationCause", row.cause) ?? row.cause}</span>,
    },
    {
      id: "opened",
      header: t("deviations.opened"),
      width: "176px",
      cell: (row) => formats.dateTime(row.opened_at),
    },
  ];
}

/** Batch and step, as far as it belongs to any. */
export function placeOf(t: TFunction, formats: Formats, row: DeviationSummary): string {
  if (row.batch_number === null) return t("deviations.noBatch");
  if (row.phase_number === null) return row.batch_number;
  return t("deviations.placeOfStep", { batch: row.batch_number, number: formats.count(row.phase_number) });
}
