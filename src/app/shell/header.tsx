import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ChangePersonSheet } from "../../features/session/components/change-person-sheet";
import { ProductMark } from "../../ui/product-mark";
import { useStation } from "../station-context";
import { ConnectionStatus } from "./connection-status";
import styles from "./header.module.css";
import { PersonMenu } from "./person-menu";
import { Search } from "./search";

export function Header({ onUnsent }: { onUnsent: () => void }) {
  const { t } = useTranslation();
  const { person, status } = useStation();
  const [isChanging, setChanging] = useState(false);
  const place = [status.plantName, status.stationName].filter((part) => part !== null);
  return (
    <header className={styles.header}>
      <div className={styles.product}>
        <ProductMark />
        <strong>{t("common.productName")}</strong>
      </div>
      <Search onUnsent={onUnsent} onChangePerson={() => setChanging(true)} />
      <div className={styles.place} data-testid="place">
        {place.join(" · ")}
      </div>
      <ConnectionStatus status={status} onOpen={onUnsent} />
      <PersonMenu person={person} onChangePerson={() => setChanging(true)} />
      {isChanging && <ChangePersonSheet name={person.name} onClose={() => setChanging(false)} />}
    </header>
  );
}
