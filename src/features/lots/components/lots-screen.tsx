import { useDebouncedValue } from "@mantine/hooks";
import { IconPackages } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RegisterScreen } from "../../../ui/register-screen";
import { type LotFilter, useLots } from "../api/lots";
import { LotSheet } from "./lot-sheet";
import { LotTable } from "./lot-table";
import { LotsToolbar } from "./lots-toolbar";
import { NewLotSheet } from "./new-lot-sheet";

const every: LotFilter = { search: "", status: null };

type Props = { isOffline: boolean; opened: string | null; onOpened: (id: string | null) => void };

/** The lots of the station's plant: what may be charged, what waits for a decision, what has run out. */
export function LotsScreen({ isOffline, opened, onOpened }: Props) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(every);
  const [isAdding, setAdding] = useState(false);
  const [search] = useDebouncedValue(filter.search, 250);
  const read = useLots({ ...filter, search });
  const items = read.data?.pages.flatMap((page) => page.items) ?? [];
  const first = read.data?.pages[0];
  return (
    <RegisterScreen
      name="lots"
      words={{
        title: t("lots.title"),
        note: t("lots.count", { count: items.length }),
        add: t("lots.new"),
        failed: t("lots.failed"),
        emptyTitle: t("lots.emptyTitle"),
        empty: t("lots.empty"),
      }}
      icon={IconPackages}
      isOffline={isOffline}
      read={read}
      count={items.length}
      isFiltered={filter.search !== "" || filter.status !== null}
      onClear={() => setFilter(every)}
      onAdd={first?.canManage === true ? () => setAdding(true) : undefined}
      toolbar={<LotsToolbar filter={filter} onFilter={setFilter} />}
      table={<LotTable items={items} onOpen={onOpened} />}
    >
      {isAdding && <NewLotSheet units={first?.units ?? []} onClose={() => setAdding(false)} />}
      {opened !== null && (
        <LotSheet key={opened} id={opened} units={first?.units ?? []} onClose={() => onOpened(null)} />
      )}
    </RegisterScreen>
  );
}
