import { rowSortingFeature, type SortingState, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { useRowHeight } from "./formats";
import styles from "./virtual-table.module.css";
import { ColumnHeader } from "./virtual-table-header";

export type TableColumn<Row> = {
  id: string;
  header: string;
  /** A track of the grid, for example `minmax(160px, 1fr)`. */
  width: string;
  align?: "start" | "end";
  isSortable?: boolean;
  cell: (row: Row) => ReactNode;
};

export type TableSort = { id: string; isDescending: boolean };

type Props<Row> = {
  label: string;
  rows: Row[];
  columns: TableColumn<Row>[];
  rowId: (row: Row) => string;
  rowTestId: (row: Row) => string;
  sort?: TableSort;
  onSort?: (sort: TableSort) => void;
  onOpen?: (row: Row) => void;
  "data-testid": string;
};

const features = tableFeatures({ rowSortingFeature });

/** A table that draws only the rows in sight; arrows move, Enter opens. */
export function VirtualTable<Row extends object>(props: Props<Row>) {
  const { label, rows, columns, rowId, rowTestId, sort, onSort, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const rowHeight = useRowHeight();
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        header: column.header,
        // Only a column with a value can be sorted; the station sorts, so the row itself will do.
        accessorFn: (row: Row) => row,
        enableSorting: column.isSortable ?? false,
        sortDescFirst: false,
        cell: ({ row }: { row: { original: Row } }) => column.cell(row.original),
      })),
    [columns],
  );
  const sorting: SortingState = sort === undefined ? [] : [{ id: sort.id, desc: sort.isDescending }];
  const table = useTable({
    features,
    data: rows,
    columns: definitions,
    getRowId: rowId,
    state: { sorting },
    manualSorting: true,
    enableSortingRemoval: false,
    onSortingChange: (change) => {
      const [first] = typeof change === "function" ? change(sorting) : change;
      if (first !== undefined) onSort?.({ id: first.id, isDescending: first.desc });
    },
  });
  const model = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    // The head of the table stays on top and takes its height from the rows in sight.
    scrollPaddingEnd: 60,
    getItemKey: (index) => model[index]?.id ?? index,
  });
  const tracks = columns.map((column) => column.width).join(" ");

  function move(event: KeyboardEvent) {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: model.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(model.length - 1, to));
    setActive(next);
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  }

  return (
    <div className={styles.scroller} ref={scroller} data-testid={props["data-testid"]}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are moved through with the arrow keys */}
      <table className={styles.table} role="grid" aria-label={label} aria-rowcount={model.length + 1} onKeyDown={move}>
        <thead className={styles.head}>
          <tr className={styles.row} style={{ gridTemplateColumns: tracks }}>
            {table.getFlatHeaders().map((header, index) => (
              <ColumnHeader
                key={header.id}
                id={header.column.id}
                text={columns[index]?.header ?? ""}
                align={columns[index]?.align}
                isSortable={header.column.getCanSort()}
                sorted={header.column.getIsSorted()}
                onSort={() => header.column.toggleSorting()}
              />
            ))}
          </tr>
        </thead>
        <tbody className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = model[item.index];
            if (row === undefined) return null;
            return (
              <tr
                key={item.key}
                className={`${styles.row} ${styles.bodyRow}`}
                style={{ gridTemplateColumns: tracks, height: item.size, transform: `translateY(${item.start}px)` }}
                aria-rowindex={item.index + 2}
                data-index={item.index}
                data-testid={rowTestId(row.original)}
                data-openable={onOpen !== undefined || undefined}
                tabIndex={item.index === Math.min(active, model.length - 1) ? 0 : -1}
                onFocus={() => setActive(item.index)}
                onClick={() => onOpen?.(row.original)}
                onKeyDown={(event) => event.key === "Enter" && onOpen?.(row.original)}
              >
                {row.getAllCells().map((cell, index) => (
                  <td key={cell.id} className={styles.cell} data-align={columns[index]?.align}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
