import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ColumnKind, ListColumn, TextRow } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import styles from "./list-screen.module.css";

type Props = { label: string; columns: ListColumn[]; rows: TextRow[] };

const widths: Record<ColumnKind, string> = {
  text: "minmax(150px, 1.4fr)",
  code: "minmax(130px, 0.8fr)",
  number: "minmax(100px, 0.6fr)",
  date: "128px",
  time: "190px",
  status: "minmax(150px, 0.9fr)",
};

export function ListTable({ label, columns, rows }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const shown = useMemo(
    () => columns.map((column, index) => listColumn(column, index, t, formats)),
    [columns, t, formats],
  );
  return (
    <VirtualTable
      label={label}
      rows={rows}
      columns={shown}
      rowId={(row) => row.id}
      rowTestId={(row) => `list-row-${row.id}`}
      data-testid="list-table"
    />
  );
}

function listColumn(column: ListColumn, index: number, t: TFunction, formats: Formats): TableColumn<TextRow> {
  return {
    id: column.key,
    header: codedText(t, "lists.columns", column.key) ?? readable(column.key),
    width: widths[column.kind],
    align: column.kind === "number" ? "end" : "start",
    cell: (row) => <Cell text={row.cells[index] ?? null} kind={column.kind} t={t} formats={formats} />,
  };
}

type CellProps = { text: string | null; kind: ColumnKind; t: TFunction; formats: Formats };

function Cell({ text, kind, t, formats }: CellProps) {
  if (text === null || text === "") return <span className={styles.none}>{t("lists.nothing")}</span>;
  const shown = {
    text: () => word(text, t),
    code: () => text,
    number: () => formats.number(text),
    date: () => formats.plainDate(text),
    time: () => formats.dateTime(text),
    status: () => codedText(t, "lists.statuses", text) ?? text,
  }[kind]();
  return (
    <span className={`${styles.cell} ${kind === "code" ? styles.code : ""}`} title={shown}>
      {shown}
    </span>
  );
}

function word(text: string, t: TFunction): string {
  if (text === "true") return t("lists.yes");
  return text === "false" ? t("lists.no") : text;
}

/** A column that this version has no word for keeps its name, without the underscores. */
function readable(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
