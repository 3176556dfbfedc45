import { Checkbox, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DeviationStatus, Severity } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import type { DeviationFilter } from "../api/list-deviations";
import styles from "./deviations.module.css";
import { deviationStatuses, severities } from "./words";

type Props = { filter: DeviationFilter; onFilter: (filter: DeviationFilter) => void };

export const everyDeviation: DeviationFilter = { status: null, severity: null, onlyOpen: false, search: "" };

export function DeviationsToolbar({ filter, onFilter }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.toolbar}>
      <TextInput
        className={styles.search}
        aria-label={t("deviations.search")}
        placeholder={t("deviations.search")}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconSearch size={20} aria-hidden />}
        data-testid="deviations-search"
        value={filter.search ?? ""}
        onChange={(event) => onFilter({ ...filter, search: event.currentTarget.value })}
      />
      <Select
        className={styles.filter}
        aria-label={t("deviations.status")}
        placeholder={t("masters.everyStatus")}
        clearable
        clearButtonProps={{ "aria-label": t("masters.everyStatus") }}
        data-testid="deviations-status"
        data={deviationStatuses.map((status) => ({
          value: status,
          label: codedText(t, "deviationStatus", status) ?? status,
        }))}
        value={filter.status}
        onChange={(status) => onFilter({ ...filter, status: status as DeviationStatus | null })}
      />
      <Select
        className={styles.filter}
        aria-label={t("deviations.severity")}
        placeholder={t("deviations.everySeverity")}
        clearable
        clearButtonProps={{ "aria-label": t("deviations.everySeverity") }}
        data-testid="deviations-severity"
        data={severities.map((severity) => ({
          value: severity,
          label: codedText(t, "severity", severity) ?? severity,
        }))}
        value={filter.severity}
        onChange={(severity) => onFilter({ ...filter, severity: severity as Severity | null })}
      />
      <Checkbox
        className={styles.check}
        label={t("deviations.onlyOpen")}
        data-testid="deviations-only-open"
        checked={filter.onlyOpen}
        onChange={(event) => onFilter({ ...filter, onlyOpen: event.currentTarget.checked })}
      />
    </div>
  );
}
