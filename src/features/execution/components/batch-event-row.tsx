import {
  IconAlertTriangle,
  IconCirclePlus,
  IconHandStop,
  IconPencil,
  IconPlayerPlay,
  IconProgress,
  IconRubberStamp,
  IconWriting,
} from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { BatchEvent, BatchEventKind } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import styles from "./batch-actions.module.css";

const icons: Record<BatchEventKind, typeof IconPencil> = {
  made: IconCirclePlus,
  held: IconHandStop,
  resumed: IconPlayerPlay,
  status: IconProgress,
  release: IconRubberStamp,
  changed: IconPencil,
  recorded: IconWriting,
  corrected: IconPencil,
  phase_left: IconProgress,
  phase_back: IconProgress,
  deviation_opened: IconAlertTriangle,
  deviation_changed: IconAlertTriangle,
};

const unusual: BatchEventKind[] = ["held", "deviation_opened"];

export function BatchEventRow({ event }: { event: BatchEvent }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const Icon = icons[event.kind];
  const at = `${formats.date(event.at)}, ${formats.timeWithZone(event.at)}`;
  const who = event.personName ?? t("batchHistory.program");
  const where = event.stationName === null ? "" : ` · ${event.stationName}`;
  return (
    <li
      className={styles.event}
      data-tone={unusual.includes(event.kind) ? "warn" : undefined}
      data-testid={`batch-event-${event.kind}`}
    >
      <Icon size={20} aria-hidden />
      <strong>{whatText(t, formats, event)}</strong>
      <span className={styles.who}>{`${at} · ${who}${where}`}</span>
      {event.reason !== null && (
        <span className={styles.why} data-selectable>
          {t("batchHistory.why", { reason: event.reason })}
        </span>
      )}
    </li>
  );
}

function whatText(t: TFunction, formats: Formats, event: BatchEvent): string {
  const values = {
    number: event.phaseNumber === null ? "" : formats.count(event.phaseNumber),
    title: event.phaseTitle ?? "",
    value: event.new === null ? "" : (codedText(t, "batchStatus", event.new) ?? formats.number(event.new)),
  };
  const what = codedText(t, "batchEvents", event.kind, values) ?? event.kind;
  const isToBeAdded = event.kind === "recorded" || event.kind === "corrected";
  return isToBeAdded && values.value !== "" ? `${what}: ${values.value}` : what;
}
