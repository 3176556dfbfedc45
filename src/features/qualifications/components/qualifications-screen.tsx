import { useDebouncedValue } from "@mantine/hooks";
import { IconCertificate } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "../../../ui/register.module.css";
import { RegisterScreen } from "../../../ui/register-screen";
import { SearchField } from "../../../ui/search-field";
import { useQualifications } from "../api/qualifications";
import { NewQualificationSheet } from "./new-qualification-sheet";
import { QualificationSheet } from "./qualification-sheet";
import { QualificationTable } from "./qualification-table";

/** Who of the station's plant is qualified for what, and until when. */
export function QualificationsScreen({ isOffline }: { isOffline: boolean }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [opened, setOpened] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const [searched] = useDebouncedValue(search, 250);
  const read = useQualifications({ search: searched });
  const items = read.data?.pages.flatMap((page) => page.items) ?? [];
  const canManage = read.data?.pages[0]?.canManage === true;
  return (
    <RegisterScreen
      name="qualifications"
      words={{
        title: t("qualifications.title"),
        note: t("qualifications.count", { count: items.length }),
        add: t("qualifications.new"),
        failed: t("qualifications.failed"),
        emptyTitle: t("qualifications.emptyTitle"),
        empty: t("qualifications.empty"),
      }}
      icon={IconCertificate}
      isOffline={isOffline}
      read={read}
      count={items.length}
      isFiltered={search !== ""}
      onClear={() => setSearch("")}
      onAdd={canManage ? () => setAdding(true) : undefined}
      toolbar={
        <div className={styles.toolbar}>
          <SearchField
            label={t("qualifications.search")}
            value={search}
            onChange={setSearch}
            data-testid="qualifications-search"
          />
        </div>
      }
      table={<QualificationTable items={items} onOpen={setOpened} />}
    >
      {isAdding && <NewQualificationSheet onClose={() => setAdding(false)} />}
      {opened !== null && (
        <QualificationSheet key={opened} id={opened} canManage={canManage} onClose={() => setOpened(null)} />
      )}
    </RegisterScreen>
  );
}
