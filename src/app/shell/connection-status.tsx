import { IconAlertTriangleFilled, IconCircleDotted, IconPointFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { StationStatus } from "../../bridge/bindings";
import { useFormats } from "../../ui/formats";
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
  const heard = status.serverTime ?? status.lastSyncedAt;
  const time = heard === null ? undefined : t("connection.heard", { time: formats.timeWithZone(heard) });
  return (
    <button
      type="button"
      className={styles.status}
      data-testid="connection-status"
      data-state={connection.type}
      title={t("connection.show")}
      onClick={onOpen}
    >
      <Icon size={20} aria-hidden />
      <span className={styles.words} aria-live="polite">
        <span data-testid="connection-words">{words}</span>
        {connection.type === "online" && time !== undefined && <small data-testid="connection-time">{time}</small>}
        {connection.type === "connecting" && <small>{t("connection.connectingDetail")}</small>}
      </span>
      <span className={styles.unsent} data-testid="unsent-count" data-count={status.unsent}>
        {t("connection.unsent", { count: status.unsent })}
      </span>
    </button>
  );
}
