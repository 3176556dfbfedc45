import { useTranslation } from "react-i18next";
import type { BatchStatus, StatusCount } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import styles from "./batches-screen.module.css";

const order: BatchStatus[] = ["In Progress", "Planned", "Delayed", "On Hold", "Blocked", "QC Review", "Completed"];

type Props = {
  counts: StatusCount[];
  chosen: BatchStatus[];
  onChoose: (statuses: BatchStatus[]) => void;
};

/** One chip a status, with how many batches it holds. */
export function StatusFilter({ counts, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const countOf = (status: BatchStatus) => counts.find((row) => row.status === status)?.count ?? 0;
  const toggle = (status: BatchStatus) =>
    onChoose(chosen.includes(status) ? chosen.filter((other) => other !== status) : [...chosen, status]);
  return (
    <fieldset className={styles.chips} aria-label={t("batches.statusFilter")} data-testid="status-filter">
      <button
        type="button"
        className={styles.chip}
        aria-pressed={chosen.length === 0}
        data-testid="status-every"
        onClick={() => onChoose([])}
      >
        {t("batches.every")}
      </button>
      {order.map((status) => (
        <button
          key={status}
          type="button"
          className={styles.chip}
          aria-pressed={chosen.includes(status)}
          data-testid={`status-${status.toLowerCase().replaceAll(" ", "-")}`}
          onClick={() => toggle(status)}
        >
          {codedText(t, "batchStatus", status)}
          <span>{formats.count(countOf(status))}</span>
        </button>
      ))}
    </fieldset>
  );
}
