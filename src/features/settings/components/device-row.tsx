import { TextInput } from "@mantine/core";
import { IconPlugConnected, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { StationDevice } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { useTryDevice } from "../api/devices";
import styles from "./devices-section.module.css";

type Props = {
  place: number;
  device: StationDevice;
  onChange: (device: Partial<StationDevice>) => void;
  onRemove: () => void;
};

/** One device: its code, where it is, and whether it answers. */
export function DeviceRow({ place, device, onChange, onRemove }: Props) {
  const { t } = useTranslation();
  const trial = useTryDevice();
  const { code, address } = device;
  const isIncomplete = code.trim() === "" || address.trim() === "";
  function change(part: Partial<StationDevice>) {
    trial.reset();
    onChange(part);
  }
  return (
    <fieldset className={styles.device} data-testid={`device-${place}`}>
      <legend className={styles.legend}>{t("devices.balance", { number: place + 1 })}</legend>
      <TextInput
        label={t("devices.code")}
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        data-testid={`device-code-${place}`}
        value={code}
        onChange={(event) => change({ code: event.currentTarget.value })}
      />
      <TextInput
        label={t("devices.address")}
        autoComplete="off"
        spellCheck={false}
        placeholder="tcp://10.0.4.17:8001"
        data-testid={`device-address-${place}`}
        value={address}
        onChange={(event) => change({ address: event.currentTarget.value })}
      />
      <div className={styles.buttons}>
        <ActionButton
          type="button"
          variant="default"
          leftSection={<IconPlugConnected size={20} aria-hidden />}
          loading={trial.isPending}
          disabledReason={isIncomplete ? t("devices.incomplete") : undefined}
          data-testid={`device-try-${place}`}
          onClick={() => trial.mutate({ code, class: device.class, address })}
        >
          {t("devices.try")}
        </ActionButton>
        <ActionButton
          type="button"
          variant="default"
          leftSection={<IconTrash size={20} aria-hidden />}
          data-testid={`device-remove-${place}`}
          onClick={onRemove}
        >
          {t("devices.remove")}
        </ActionButton>
      </div>
      {trial.isSuccess && (
        <Notice tone="done" data-testid={`device-answers-${place}`}>
          {t("devices.answers", { serial: trial.data.serialNumber, told: trial.data.told })}
        </Notice>
      )}
      {trial.isError && (
        <Notice tone="bad" data-testid={`device-silent-${place}`}>
          {failureText(t, trial.error)}
        </Notice>
      )}
    </fieldset>
  );
}
