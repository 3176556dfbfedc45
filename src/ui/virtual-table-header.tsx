import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import styles from "./virtual-table.module.css";

type Props = {
  id: string;
  text: string;
  align?: "start" | "end" | undefined;
  isSortable: boolean;
  sorted: false | "asc" | "desc";
  onSort: () => void;
};

export function ColumnHeader({ id, text, align, isSortable, sorted, onSort }: Props) {
  const { t } = useTranslation();
  const order = sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined;
  const Icon = sorted === "asc" ? IconArrowUp : sorted === "desc" ? IconArrowDown : IconArrowsSort;
  if (!isSortable) {
    return (
      <th scope="col" className={styles.header} data-align={align}>
        <span className={styles.headerText}>{text}</span>
      </th>
    );
  }
  return (
    <th scope="col" className={styles.header} data-align={align} aria-sort={order ?? "none"}>
      <button
        type="button"
        className={styles.sort}
        data-testid={`sort-${id}`}
        data-sorted={sorted || undefined}
        aria-label={t("batches.sortBy", { column: text })}
        onClick={onSort}
      >
        {text}
        <Icon size={16} aria-hidden />
      </button>
    </th>
  );
}
