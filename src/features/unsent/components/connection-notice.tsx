import { useTranslation } from "react-i18next";
import type { StationStatus } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";

export function ConnectionNotice({ status }: { status: StationStatus }) {
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
