import { IconClockPause } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { UnsentEntry } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import styles from "./unsent-drawer.module.css";

export function UnsentRow({ entry }: { entry: UnsentEntry }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const problem =
    entry.lastProblem === null
      ? undefined
      : (codedText(t, "errors", entry.lastProblem) ?? t("errors.unknown", { code: entry.lastProblem }));
  return (
    <li className={styles.row} data-testid={`unsent-entry-${entry.operationId}`}>
      <IconClockPause size={24} stroke={1.6} aria-hidden />
      <div>
        {entry.event === null ? (
          <>
            <strong>{entry.batchNumber}</strong>
            <div>{t("unsent.step", { number: entry.phaseNumber, title: entry.phaseTitle })}</div>
          </>
        ) : (
          <strong>{codedText(t, "sessionEvents", entry.event) ?? entry.event}</strong>
        )}
        <small>
          {t("unsent.by", { name: entry.personName, time: formats.dateTime(entry.recordedAt) })}
          {" · "}
          {entry.attempts === 0 ? t("unsent.notTried") : t("unsent.attempts", { count: entry.attempts })}
        </small>
        {problem !== undefined && <small>{problem}</small>}
      </div>
    </li>
  );
}
