import { Progress } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ClockOff, Copying, StationStatus } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { percentRead } from "../../../ui/percent-read";

/** How the server, the plant's records and the clock stand. */
export function ConnectionNotice({ status }: { status: StationStatus }) {
  return (
    <>
      <ServerNotice status={status} />
      {status.copying !== null && <CopyingNotice copying={status.copying} />}
      {status.clockOff !== null && <ClockNotice off={status.clockOff} />}
    </>
  );
}

function CopyingNotice({ copying }: { copying: Copying }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const rows = { read: formats.count(copying.read), expected: formats.count(copying.expected) };
  return (
    <Notice tone="calm" data-testid="unsent-copying">
      <div>{t("unsent.copying", rows)}</div>
      <Progress value={percentRead(copying)} aria-label={t("unsent.copying", rows)} my={8} />
      <div>{t("unsent.copyingMeans")}</div>
    </Notice>
  );
}

function ClockNotice({ off }: { off: ClockOff }) {
  const { t } = useTranslation();
  const title = t(off.isAhead ? "unsent.clockAhead" : "unsent.clockBehind", { count: off.minutes });
  return (
    <Notice tone="warn" title={title} data-testid="unsent-clock">
      {t("unsent.clockMeans")}
    </Notice>
  );
}

function ServerNotice({ status }: { status: StationStatus }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { connection, lastSyncedAt } = status;
  const last =
    lastSyncedAt === null ? t("unsent.never") : t("unsent.lastSynced", { time: formats.dateTime(lastSyncedAt) });
  if (connection.type !== "offline") {
    return (
      <Notice tone="calm" data-testid="unsent-why">
        <div>{connection.type === "online" ? t("unsent.online") : t("unsent.connecting")}</div>
        <div>{last}</div>
      </Notice>
    );
  }
  const why = codedText(t, "errors", connection.code) ?? t("errors.unknown", { code: connection.code });
  return (
    <Notice
      tone="warn"
      title={t("unsent.since", { time: formats.dateTime(connection.since) })}
      data-testid="unsent-why"
    >
      <div data-code={connection.code}>{why}</div>
      <div>{last}</div>
    </Notice>
  );
}
