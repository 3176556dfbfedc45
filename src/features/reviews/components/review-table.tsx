import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ReviewSummary } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import register from "../../../ui/register.module.css";
import { type TableColumn, VirtualTable } from "../../../ui/virtual-table";
import styles from "./reviews.module.css";

type Props = { items: ReviewSummary[]; onOpen: (batchId: string) => void };

export function ReviewTable({ items, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const columns = useMemo(() => columnsOf(t, formats), [t, formats]);
  return (
    <VirtualTable
      label={t("reviews.title")}
      rows={items}
      columns={columns}
      rowId={(row) => row.batch_id}
      rowTestId={(row) => `review-row-${row.number}`}
      onOpen={(row) => onOpen(row.batch_id)}
      data-testid="review-table"
    />
  );
}

function columnsOf(t: TFunction, formats: Formats): TableColumn<ReviewSummary>[] {
  return [
    {
      id: "number",
      header: t("reviews.number"),
      width: "minmax(200px, 1fr)",
      cell: (row) => (
        <div className={register.two}>
          <strong>{row.number}</strong>
          <small>{row.product}</small>
        </div>
      ),
    },
    {
      id: "ended",
      header: t("reviews.ended"),
      width: "172px",
      cell: (row) => (row.ended_at === null ? "" : formats.dateTime(row.ended_at)),
    },
    {
      id: "found",
      header: t("reviews.found"),
      width: "minmax(240px, 1.3fr)",
      cell: (row) => <Found row={row} />,
    },
    {
      id: "stands",
      header: t("reviews.stands"),
      width: "minmax(250px, 1.3fr)",
      cell: (row) => <Standing row={row} />,
    },
  ];
}

/** What nobody has judged yet, by kind. */
function Found({ row }: { row: ReviewSummary }) {
  const { t } = useTranslation();
  const formats = useFormats();
  if (row.exceptions.length === 0) return <span className={styles.muted}>{t("reviews.nothingFound")}</span>;
  const words = row.exceptions.map(({ kind, count }) =>
    t("reviews.kindCount", { kind: codedText(t, "exceptionKinds", kind) ?? kind, count: formats.count(count) }),
  );
  return (
    <span className={styles.cut} title={words.join(" · ")}>
      {words.join(" · ")}
    </span>
  );
}

/** What else must be settled, the gravest first. */
function Standing({ row }: { row: ReviewSummary }) {
  const { t } = useTranslation();
  const settled = t(row.is_reviewed ? "reviews.reviewed" : "reviews.notReviewed");
  const open = [
    row.grave_deviations > 0 && t("reviews.grave", { count: row.grave_deviations }),
    row.open_queries > 0 && t("reviews.openQueries", { count: row.open_queries }),
    row.open_tests > 0 && t("reviews.openTests", { count: row.open_tests }),
  ].filter((words) => words !== false);
  return (
    <span className={styles.standing} data-tone={row.grave_deviations > 0 ? "warn" : undefined}>
      {row.grave_deviations > 0 && <IconAlertTriangle size={18} aria-hidden />}
      {open.length === 0 && row.is_reviewed && <IconCircleCheck size={18} aria-hidden />}
      <div className={register.two}>
        {open.length > 0 && <span title={open.join(" · ")}>{open.join(" · ")}</span>}
        {open.length > 0 ? <small>{settled}</small> : <span>{settled}</span>}
      </div>
    </span>
  );
}
