import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { LotView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "../../../ui/register.module.css";
import { SearchField } from "../../../ui/search-field";
import type { LotFilter } from "../api/lots";

type Status = LotView["row"]["status"];
type Props = { filter: LotFilter; onFilter: (filter: LotFilter) => void };

const statuses: Status[] = ["Pending", "Quarantine", "Approved", "Rejected"];

export function LotsToolbar({ filter, onFilter }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.toolbar}>
      <SearchField
        label={t("lots.search")}
        value={filter.search}
        onChange={(search) => onFilter({ ...filter, search })}
        data-testid="lots-search"
      />
      <Select
        className={styles.filter}
        aria-label={t("lots.status")}
        placeholder={t("lots.everyStatus")}
        clearable
        clearButtonProps={{ "aria-label": t("lots.everyStatus") }}
        data-testid="lots-status"
        data={statuses.map((status) => ({ value: status, label: codedText(t, "lotStatus", status) ?? status }))}
        value={filter.status}
        onChange={(status) => onFilter({ ...filter, status: status as Status | null })}
      />
    </div>
  );
}
