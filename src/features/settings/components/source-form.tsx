import { TextInput } from "@mantine/core";
import { IconDatabase, IconDeviceDesktop, IconServer2 } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DataSource, StationSettings } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useSaveSettings } from "../api/save-settings";
import styles from "./settings-content.module.css";

type Props = { settings: StationSettings; onSaved?: (() => void) | undefined };

export function SourceForm({ settings, onSaved }: Props) {
  const { t } = useTranslation();
  const save = useSaveSettings();
  const [source, setSource] = useState<DataSource>(settings.source);
  const [serverUrl, setServerUrl] = useState(settings.serverUrl ?? "");
  const [databaseUrl, setDatabaseUrl] = useState(settings.databaseUrl ?? "");
  const url = { embedded: "-", server: serverUrl, database: databaseUrl }[source].trim();

  function submit(event: FormEvent) {
    event.preventDefault();
    if (url === "" || settings.isFromEnvironment) return;
    save.mutate(
      {
        source,
        serverUrl: source === "server" ? url : null,
        databaseUrl: source === "database" ? url : null,
      },
      { onSuccess: () => onSaved?.() },
    );
  }

  const choices = [
    { value: "embedded", icon: IconDeviceDesktop, title: t("settings.embedded"), help: t("settings.embeddedHelp") },
    { value: "server", icon: IconServer2, title: t("settings.server"), help: t("settings.serverHelp") },
    { value: "database", icon: IconDatabase, title: t("settings.database"), help: t("settings.databaseHelp") },
  ] as const;

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {settings.isFromEnvironment && (
        <Notice tone="calm" data-testid="settings-from-environment">
          {t("settings.environment")}
        </Notice>
      )}
      <div className={styles.form} role="radiogroup" aria-label={t("settings.sectionSource")}>
        {choices.map(({ value, icon: Icon, title, help }) => (
          // biome-ignore lint/a11y/useSemanticElements: a card with two lines is pressed as a whole
          <button
            key={value}
            type="button"
            role="radio"
            aria-checked={source === value}
            className={styles.source}
            disabled={settings.isFromEnvironment}
            data-testid={`settings-source-${value}`}
            onClick={() => {
              setSource(value);
              save.reset();
            }}
          >
            <Icon size={30} stroke={1.6} aria-hidden />
            <strong>{title}</strong>
            <span>{help}</span>
          </button>
        ))}
      </div>
      {source === "server" && (
        <TextInput
          label={t("settings.serverUrl")}
          type="url"
          autoComplete="off"
          spellCheck={false}
          data-testid="settings-server-url"
          readOnly={settings.isFromEnvironment}
          value={serverUrl}
          onChange={(event) => setServerUrl(event.currentTarget.value)}
        />
      )}
      {source === "database" && (
        <>
          <Notice tone="warn" data-testid="settings-database-warning">
            {t("settings.databaseWarning")}
          </Notice>
          <TextInput
            label={t("settings.databaseUrl")}
            autoComplete="off"
            spellCheck={false}
            data-testid="settings-database-url"
            readOnly={settings.isFromEnvironment}
            value={databaseUrl}
            onChange={(event) => setDatabaseUrl(event.currentTarget.value)}
          />
        </>
      )}
      {save.isError && (
        <Notice tone="bad" data-testid="settings-error">
          {failureText(t, save.error)}
        </Notice>
      )}
      {save.isSuccess && (
        <Notice tone="done" data-testid="settings-saved">
          {t("settings.saved")}
        </Notice>
      )}
      {!settings.isFromEnvironment && (
        <ActionButton
          type="submit"
          data-testid="settings-save"
          loading={save.isPending}
          disabledReason={url === "" ? t("settings.urlMissing") : undefined}
        >
          {t("settings.submit")}
        </ActionButton>
      )}
    </form>
  );
}
