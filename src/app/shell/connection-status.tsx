import { IconAlertTriangleFilled, IconCircleDotted, IconPointFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { StationStatus } from "../../bridge/bindings";
import { useFormats } from "../../ui/formats";
import { percentRead } from "../../ui/percent-read";
import styles from "./header.module.css";

const icons = { online: IconPointFilled, offline: IconAlertTriangleFilled, connecting: IconCircleDotted };

type Props = { status: StationStatus; onOpen: () => void };

/** How the server stands, in icon and words; one tap says what waits and why. */
export function ConnectionStatus({ status, onOpen }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { connection } = status;
  const Icon = icons[connection.type];
  const words = {
    online: t("connection.online"),
    offline:
      connection.type === "offline" ? t("connection.offline", { time: formats.shortTime(connection.since) }) : "",
    connecting: t("connection.connecting"),
  }[connection.type];
  const detail = useDetail(status);
  return (
    <button
      type="button"
      className={styles.status}
      data-testid="connection-status"
      data-state={connection.type}
      data-clock={status.clockOff === null ? undefined : "off"}
      title={t("connection.show")}
      onClick={onOpen}
    >
      <Icon size={20} aria-hidden />
      <span className={styles.words} aria-live="polite">
        <span data-testid="connection-words">{words}</span>
        {detail}
      </span>
      <span className={styles.unsent} data-testid="unsent-count" data-count={status.unsent}>
        {t("connection.unsent", { count: status.unsent })}
      </span>
    </button>
  );
}

/** One line below: what is wrong with the clock comes first, then what is being read, then when the server was heard. */
function useDetail(status: StationStatus) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { clockOff, connection, copying } = status;
  if (clockOff !== null) {
    const words = clockOff.isAhead ? "connection.clockAhead" : "connection.clockBehind";
    return <small data-testid="connection-clock">{t(words, { count: clockOff.minutes })}</small>;
  }
  if (copying !== null) {
    return <small data-testid="connection-copying">{t("connection.copying", { percent: percentRead(copying) })}</small>;
  }
  if (connection.type === "connecting") return <small>{t("connection.connectingDetail")}</small>;
  const heard = status.serverTime ?? status.lastSyncedAt;
  if (connection.type === "offline" || heard === null) return null;
  return <small data-testid="connection-time">{t("connection.heard", { time: formats.timeWithZone(heard) })}</small>;
}
