import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { FailureState } from "../../../ui/failure-state";
import { useStationSettings } from "../api/station-settings";
import { DevicesSection } from "./devices-section";
import { PreferenceChoices } from "./preference-choices";
import styles from "./settings-content.module.css";
import { SourceForm } from "./source-form";
import { StationFacts } from "./station-facts";

type Props = {
  onSaved?: () => void;
  /** Somebody is signed in: the devices of the station can be asked for. */
  showsDevices?: boolean;
};

export function SettingsContent({ onSaved, showsDevices = false }: Props) {
  const { t } = useTranslation();
  const settings = useStationSettings();
  if (settings.isPending) return <Skeleton height={420} />;
  if (settings.isError) {
    return (
      <FailureState
        title={t("settings.failed")}
        failure={settings.error}
        onRetry={() => void settings.refetch()}
        data-testid="settings-failed"
      />
    );
  }
  return (
    <div className={styles.columns}>
      <div className={styles.side}>
        <Section title={t("settings.sectionSource")}>
          <SourceForm settings={settings.data} onSaved={onSaved} />
        </Section>
        {showsDevices && (
          <Section title={t("devices.title")}>
            <DevicesSection />
          </Section>
        )}
      </div>
      <div className={styles.side}>
        <Section title={t("settings.sectionLook")}>
          <PreferenceChoices />
        </Section>
        <Section title={t("settings.sectionStation")}>
          <StationFacts settings={settings.data} />
        </Section>
      </div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
