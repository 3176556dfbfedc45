import { useDebouncedValue } from "@mantine/hooks";
import { IconTool } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RegisterScreen } from "../../../ui/register-screen";
import { type EquipmentFilter, useEquipmentList } from "../api/equipment";
import { EquipmentSheet } from "./equipment-sheet";
import { EquipmentTable } from "./equipment-table";
import { EquipmentToolbar } from "./equipment-toolbar";
import { NewEquipmentSheet } from "./new-equipment-sheet";

const every: EquipmentFilter = { search: "", state: null, cleanliness: null };

/** The equipment of the station's plant: what can be used now, and what has to be done before. */
export function EquipmentScreen({ isOffline }: { isOffline: boolean }) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(every);
  const [opened, setOpened] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const [search] = useDebouncedValue(filter.search, 250);
  const read = useEquipmentList({ ...filter, search });
  const items = read.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <RegisterScreen
      name="equipment"
      words={{
        title: t("equipment.title"),
        note: t("equipment.count", { count: items.length }),
        add: t("equipment.new"),
        failed: t("equipment.failed"),
        emptyTitle: t("equipment.emptyTitle"),
        empty: t("equipment.empty"),
      }}
      icon={IconTool}
      isOffline={isOffline}
      read={read}
      count={items.length}
      isFiltered={JSON.stringify(filter) !== JSON.stringify(every)}
      onClear={() => setFilter(every)}
      onAdd={read.data?.pages[0]?.canManage === true ? () => setAdding(true) : undefined}
      toolbar={<EquipmentToolbar filter={filter} onFilter={setFilter} />}
      table={<EquipmentTable items={items} onOpen={setOpened} />}
    >
      {isAdding && <NewEquipmentSheet onClose={() => setAdding(false)} />}
      {opened !== null && <EquipmentSheet key={opened} id={opened} onClose={() => setOpened(null)} />}
    </RegisterScreen>
  );
}
