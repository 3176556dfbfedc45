import { useTranslation } from "react-i18next";
import type { StationSettings } from "../../../bridge/bindings";
import styles from "./settings-content.module.css";

export function StationFacts({ settings }: { settings: StationSettings }) {
  const { t } = useTranslation();
  const facts = [
    { name: "version", title: t("settings.version"), text: settings.version },
    { name: "data-folder", title: t("settings.dataFolder"), text: settings.dataFolder },
    { name: "settings-file", title: t("settings.settingsFile"), text: settings.settingsFile },
    { name: "backup-folder", title: t("settings.backupFolder"), text: settings.backupFolder ?? t("common.none") },
  ];
  return (
    <dl className={styles.facts}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.title}</dt>
          <dd data-testid={`settings-${fact.name}`}>{fact.text}</dd>
        </div>
      ))}
    </dl>
  );
}
