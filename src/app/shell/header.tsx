import { useTranslation } from "react-i18next";
import { ProductMark } from "../../ui/product-mark";
import { useStation } from "../station-context";
import { ConnectionStatus } from "./connection-status";
import styles from "./header.module.css";
import { PersonMenu } from "./person-menu";

export function Header({ onUnsent }: { onUnsent: () => void }) {
  const { t } = useTranslation();
  const { person, status } = useStation();
  const place = [status.plantName, status.stationName].filter((part) => part !== null);
  return (
    <header className={styles.header}>
      <div className={styles.product}>
        <ProductMark />
        <strong>{t("common.productName")}</strong>
      </div>
      <div className={styles.place} data-testid="place">
        {place.join(" · ")}
      </div>
      <ConnectionStatus status={status} onOpen={onUnsent} />
      <PersonMenu person={person} />
    </header>
  );
}
