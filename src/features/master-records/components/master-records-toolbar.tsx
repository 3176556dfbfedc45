import { Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { MasterRecordStatus } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import type { MasterRecordFilter } from "../api/list-master-records";
import styles from "./master-records.module.css";

type Props = { filter: MasterRecordFilter; onFilter: (filter: MasterRecordFilter) => void };

export const every: MasterRecordFilter = { status: null, search: "" };
const statuses: MasterRecordStatus[] = ["Draft", "In Review", "Approved", "Effective", "Superseded", "Withdrawn"];

export function MasterRecordsToolbar({ filter, onFilter }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.toolbar}>
      <TextInput
        className={styles.search}
        aria-label={t("masters.search")}
        placeholder={t("masters.search")}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconSearch size={20} aria-hidden />}
        data-testid="masters-search"
        value={filter.search ?? ""}
        onChange={(event) => onFilter({ ...filter, search: event.currentTarget.value })}
      />
      <Select
        className={styles.filter}
        aria-label={t("masters.status")}
        placeholder={t("masters.everyStatus")}
        clearable
        clearButtonProps={{ "aria-label": t("masters.everyStatus") }}
        data-testid="masters-status"
        data={statuses.map((status) => ({ value: status, label: codedText(t, "masterStatus", status) ?? status }))}
        value={filter.status}
        onChange={(status) => onFilter({ ...filter, status: status as MasterRecordStatus | null })}
      />
    </div>
  );
}
