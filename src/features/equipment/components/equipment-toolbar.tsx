import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { EquipmentItem } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "../../../ui/register.module.css";
import { SearchField } from "../../../ui/search-field";
import type { EquipmentFilter } from "../api/equipment";

type State = EquipmentItem["row"]["state"];
type Cleanliness = EquipmentItem["row"]["cleanliness"];
type Props = { filter: EquipmentFilter; onFilter: (filter: EquipmentFilter) => void };

const states: State[] = ["Idle", "Running", "Cleaning", "Sanitization", "Breakdown", "Under QA Hold"];
const cleanlinesses: Cleanliness[] = ["Clean", "Pending Verification", "Dirty"];

export function EquipmentToolbar({ filter, onFilter }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.toolbar}>
      <SearchField
        label={t("equipment.search")}
        value={filter.search}
        onChange={(search) => onFilter({ ...filter, search })}
        data-testid="equipment-search"
      />
      <Select
        className={styles.filter}
        aria-label={t("equipment.state")}
        placeholder={t("equipment.everyState")}
        clearable
        clearButtonProps={{ "aria-label": t("equipment.everyState") }}
        data-testid="equipment-state-filter"
        data={states.map((state) => ({ value: state, label: codedText(t, "equipmentState", state) ?? state }))}
        value={filter.state}
        onChange={(state) => onFilter({ ...filter, state: state as State | null })}
      />
      <Select
        className={styles.filter}
        aria-label={t("equipment.cleanliness")}
        placeholder={t("equipment.everyCleanliness")}
        clearable
        clearButtonProps={{ "aria-label": t("equipment.everyCleanliness") }}
        data-testid="equipment-clean-filter"
        data={cleanlinesses.map((word) => ({ value: word, label: codedText(t, "cleanliness", word) ?? word }))}
        value={filter.cleanliness}
        onChange={(word) => onFilter({ ...filter, cleanliness: word as Cleanliness | null })}
      />
    </div>
  );
}
