import { IconAlertTriangle, IconCheck, IconKeyboard, IconScale } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { LimitCheck, NumberView } from "../../../bridge/bindings";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { LimitsBar } from "../../../ui/limits-bar";
import { Notice } from "../../../ui/notice";
import styles from "./device-field.module.css";
import { LimitsText } from "./limits-text";
import type { Measured } from "./use-measured";

type Props = { label: string; number: NumberView; measured: Measured };

/** What the device told, whence it comes, and the way to type it instead. */
export function DeviceField({ label, number, measured }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { value } = measured;
  const shown = (limit: string | null) => (limit === null ? null : formats.number(limit));
  return (
    <div className={styles.field}>
      <span className={styles.label}>{label}</span>
      <output className={styles.box} data-check={value?.check.check ?? undefined} data-testid="device-value">
        <span className={styles.figure} data-empty={value === null}>
          {measured.isReading ? t("device.waiting") : value === null ? "–" : formats.number(value.check.value ?? "")}
        </span>
        <span className={styles.unit}>{number.unit}</span>
      </output>
      {value !== null && (
        <p className={styles.source} data-testid="device-source">
          {t("device.source", {
            device: value.device,
            serial: value.serialNumber,
            told: value.told,
            time: formats.time(value.readAt),
          })}
        </p>
      )}
      <LimitsBar
        low={shown(number.low)}
        high={shown(number.high)}
        position={value?.check.position ?? null}
        check={value?.check.check ?? null}
      />
      {value !== null && value.check.check !== null && <DeviceVerdict check={value.check.check} />}
      <LimitsText number={number} />
      {measured.failure !== null && (
        <Notice tone="bad" data-testid="device-failed">
          <span data-code={failureCode(measured.failure)}>{failureText(t, measured.failure)}</span>
        </Notice>
      )}
      {!measured.isLoading && measured.codes.length === 0 && (
        <Notice tone="warn" data-testid="device-none">
          {t("device.none")}
        </Notice>
      )}
      <div className={styles.ways}>
        {/* The only one is read by the primary action, as long as it has told nothing. */}
        {(value !== null || measured.codes.length > 1) &&
          measured.codes.map((code) => (
            <ActionButton
              key={code}
              variant="default"
              leftSection={<IconScale size={20} aria-hidden />}
              loading={measured.isReading && measured.reads === code}
              data-testid={`device-read-${code}`}
              onClick={() => measured.read(code)}
            >
              {value === null ? t("device.read", { device: code }) : t("device.readAgain", { device: code })}
            </ActionButton>
          ))}
        <ActionButton
          variant="default"
          leftSection={<IconKeyboard size={20} aria-hidden />}
          data-testid="device-type-instead"
          onClick={measured.typeInstead}
        >
          {t("device.typeInstead")}
        </ActionButton>
      </div>
    </div>
  );
}

function DeviceVerdict({ check }: { check: LimitCheck }) {
  const { t } = useTranslation();
  const isOutside = check !== "within";
  const Icon = isOutside ? IconAlertTriangle : IconCheck;
  return (
    <p className={styles.verdict} role="status" data-tone={isOutside ? "warn" : undefined} data-testid="verdict">
      <Icon size={22} aria-hidden />
      {t(`number.${check}`)}
    </p>
  );
}

type ActionProps = { measured: Measured; confirm: ReactNode };

/** The person's next step: the device is read, then its value is confirmed. */
export function DeviceAction({ measured, confirm }: ActionProps) {
  const { t } = useTranslation();
  const [code] = measured.codes;
  if (!measured.isAsked || measured.value !== null) return confirm;
  return (
    <ActionButton
      data-testid="primary-action"
      loading={measured.isReading}
      disabledReason={code === undefined && !measured.isLoading ? t("device.noneShort") : undefined}
      onClick={() => code !== undefined && measured.read(code)}
    >
      {code === undefined ? t("device.readAny") : t("device.read", { device: code })}
    </ActionButton>
  );
}

/** Above the keys, while somebody types what a device could measure. */
export function TypedNotice({ measured }: { measured: Measured }) {
  const { t } = useTranslation();
  if (!measured.isTyped) return null;
  return (
    <Notice
      tone="warn"
      data-testid="typed-notice"
      action={
        <ActionButton variant="default" data-testid="device-measure" onClick={measured.measureAgain}>
          {t("device.measure")}
        </ActionButton>
      }
    >
      {t("device.typedNotice")}
    </Notice>
  );
}
