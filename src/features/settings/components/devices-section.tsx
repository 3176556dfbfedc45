import { Skeleton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { StationDevice, StationDevices } from "../../../bridge/bindings";
import { useDevices } from "../../../bridge/devices";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import { Notice } from "../../../ui/notice";
import { useSaveDevices } from "../api/devices";
import { DeviceRow } from "./device-row";
import styles from "./devices-section.module.css";

/** The balances of this station, for whoever sets it up; others see which there are. */
export function DevicesSection() {
  const { t } = useTranslation();
  const devices = useDevices();
  if (devices.isPending) return <Skeleton height={120} />;
  if (devices.isError) {
    return (
      <FailureState
        title={t("devices.failed")}
        failure={devices.error}
        onRetry={() => void devices.refetch()}
        data-testid="devices-failed"
      />
    );
  }
  return devices.data.canChange ? <DevicesForm kept={devices.data} /> : <DevicesList kept={devices.data} />;
}

function DevicesList({ kept }: { kept: StationDevices }) {
  const { t } = useTranslation();
  return (
    <>
      {kept.devices.length === 0 && <p data-testid="devices-none">{t("devices.none")}</p>}
      <ul className={styles.list} data-testid="devices-list">
        {kept.devices.map(({ code, address }) => (
          <li key={code}>
            <strong>{code}</strong> <span className={styles.address}>{address}</span>
          </li>
        ))}
      </ul>
      <p className={styles.help}>{t("devices.whoChanges")}</p>
    </>
  );
}

type Draft = StationDevice & { key: number };

function DevicesForm({ kept }: { kept: StationDevices }) {
  const { t } = useTranslation();
  const save = useSaveDevices();
  const [drafts, setDrafts] = useState<Draft[]>(() => kept.devices.map((device, key) => ({ ...device, key })));
  const isIncomplete = drafts.some(({ code, address }) => code.trim() === "" || address.trim() === "");

  function change(next: Draft[]) {
    save.reset();
    setDrafts(next);
  }
  function add() {
    const key = Math.max(-1, ...drafts.map((draft) => draft.key)) + 1;
    change([...drafts, { key, code: "", class: "balance", address: "" }]);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if (isIncomplete || save.isPending) return;
    save.mutate(drafts.map(({ key: _, ...device }) => device));
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate data-testid="devices-form">
      {drafts.length === 0 && <p data-testid="devices-none">{t("devices.none")}</p>}
      {drafts.map((draft, place) => (
        <DeviceRow
          key={draft.key}
          place={place}
          device={draft}
          onChange={(device) =>
            change(drafts.map((other) => (other.key === draft.key ? { ...other, ...device } : other)))
          }
          onRemove={() => change(drafts.filter((other) => other.key !== draft.key))}
        />
      ))}
      <p className={styles.help}>{t("devices.addressHelp")}</p>
      {save.isError && (
        <Notice tone="bad" data-testid="devices-error">
          {failureText(t, save.error)}
        </Notice>
      )}
      {save.isSuccess && (
        <Notice tone="done" data-testid="devices-saved">
          {t("devices.saved")}
        </Notice>
      )}
      <div className={styles.buttons}>
        <ActionButton
          type="button"
          variant="default"
          leftSection={<IconPlus size={20} aria-hidden />}
          data-testid="devices-add"
          onClick={add}
        >
          {t("devices.add")}
        </ActionButton>
        <ActionButton
          type="submit"
          data-testid="devices-save"
          loading={save.isPending}
          disabledReason={isIncomplete ? t("devices.incomplete") : undefined}
        >
          {t("devices.save")}
        </ActionButton>
      </div>
    </form>
  );
}
