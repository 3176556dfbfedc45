import { PasswordInput, Select, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlantSetUp } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useSetUpPlant } from "../api/set-up-plant";
import { useTimeZones } from "../api/time-zones";
import styles from "./plant-form.module.css";
import { fieldOf } from "./plant-form-field";
import { StartFrame } from "./start-frame";

const empty: PlantSetUp = {
  plantName: "",
  region: "",
  timeZone: "",
  administratorName: "",
  administratorEmail: "",
  administratorPassword: "",
  backupFolder: "",
};

export function PlantForm({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  const zones = useTimeZones();
  const setUp = useSetUpPlant();
  const [plant, setPlant] = useState(empty);
  const [isTried, setTried] = useState(false);
  const wrongField = setUp.isError ? fieldOf(setUp.error) : undefined;

  function field(name: keyof PlantSetUp) {
    const missing = isTried && plant[name].trim() === "" ? t("plant.required") : undefined;
    return {
      value: plant[name],
      error: wrongField === name ? failureText(t, setUp.error) : missing,
      onChange: (event: { currentTarget: { value: string } }) => change(name, event.currentTarget.value),
      withAsterisk: false,
      autoComplete: "off",
    };
  }
  function change(name: keyof PlantSetUp, value: string) {
    setPlant((before) => ({ ...before, [name]: value }));
    if (wrongField === name) setUp.reset();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (Object.values(plant).every((value) => value.trim() !== "")) setUp.mutate(plant);
  }

  return (
    <StartFrame data-testid="plant-form" title={t("plant.title")} isWide>
      <form className={styles.form} onSubmit={submit} noValidate>
        {setUp.isError && wrongField === undefined && (
          <Notice tone="bad" data-testid="plant-error">
            {failureText(t, setUp.error)}
          </Notice>
        )}
        <div className={styles.columns}>
          <Part title={t("plant.sectionPlant")}>
            <TextInput label={t("plant.name")} data-testid="plant-name" {...field("plantName")} />
            <TextInput label={t("plant.region")} data-testid="plant-region" {...field("region")} />
            <Select
              label={t("plant.timeZone")}
              description={t("plant.timeZoneHelp")}
              data-testid="plant-time-zone"
              searchable
              limit={60}
              data={zones.data ?? []}
              nothingFoundMessage={t("plant.timeZoneNone")}
              {...field("timeZone")}
              value={plant.timeZone || null}
              onChange={(zone) => change("timeZone", zone ?? "")}
            />
          </Part>
          <Part title={t("plant.sectionAdministrator")}>
            <TextInput
              label={t("plant.administratorName")}
              data-testid="plant-administrator-name"
              {...field("administratorName")}
            />
            <TextInput
              label={t("plant.administratorEmail")}
              type="email"
              data-testid="plant-administrator-email"
              {...field("administratorEmail")}
            />
            <PasswordInput
              label={t("plant.administratorPassword")}
              description={t("plant.administratorPasswordHelp")}
              data-testid="plant-administrator-password"
              visibilityToggleButtonProps={{ "aria-label": t("plant.showPassword") }}
              {...field("administratorPassword")}
              aria-invalid={field("administratorPassword").error === undefined ? undefined : true}
              autoComplete="new-password"
            />
          </Part>
        </div>
        <Part title={t("plant.sectionBackup")}>
          <TextInput
            label={t("plant.backupFolder")}
            description={t("plant.backupFolderHelp")}
            data-testid="plant-backup-folder"
            {...field("backupFolder")}
          />
        </Part>
        <div className={styles.actions}>
          <ActionButton type="button" variant="default" data-testid="plant-back" onClick={onBack}>
            {t("common.back")}
          </ActionButton>
          <ActionButton type="submit" loading={setUp.isPending || setUp.isSuccess} data-testid="plant-submit">
            {t("plant.submit")}
          </ActionButton>
        </div>
      </form>
    </StartFrame>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.part}>
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}
