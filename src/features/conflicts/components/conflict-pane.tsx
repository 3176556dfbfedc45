import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ConflictSide, ConflictView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { recordedValue } from "../../../ui/evidence";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { SavedFile } from "../../../ui/saved-file";
import styles from "./conflicts.module.css";
import type { ConflictWays } from "./conflicts-screen";

type Props = { conflict: ConflictView; isOffline: boolean; ways: ConflictWays; onDecide: () => void };

/** Both values, both people, both times, what the server did, and the decision. */
export function ConflictPane({ conflict, isOffline, ways, onDecide }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { decision, deviation, kept, standing } = conflict;
  const refusal =
    conflict.refusal === null ? undefined : (codedText(t, "errors", conflict.refusal) ?? conflict.refusal);
  return (
    <section className={styles.pane} aria-label={t("conflicts.both")} data-testid="conflict-pane">
      <header className={styles.heading}>
        <div>
          <h2>{t("conflicts.step", { number: conflict.phaseNumber, title: conflict.phaseTitle })}</h2>
          <span className={styles.muted}>
            {conflict.batchNumber} · {conflict.product}
          </span>
        </div>
        <ActionButton
          variant="default"
          data-testid="conflict-open-batch"
          onClick={() => ways.onOpenBatch(conflict.batchId)}
        >
          {t("conflicts.openBatch")}
        </ActionButton>
      </header>
      <div className={styles.sides}>
        {standing === null ? (
          <div className={styles.side} data-testid="conflict-standing">
            <h3>{t("conflicts.standing")}</h3>
            <p className={styles.muted}>{t("conflicts.nothingStands")}</p>
          </div>
        ) : (
          <Side side={standing} conflict={conflict} isStanding />
        )}
        <Side side={kept} conflict={conflict} isStanding={false} />
      </div>
      <div className={styles.server} data-testid="conflict-server">
        <h3>{t("conflicts.serverDid")}</h3>
        <p>{codedText(t, "conflictCauses", conflict.cause) ?? t("conflictCauses.unknown", { code: conflict.cause })}</p>
        {deviation !== null && (
          <p className={styles.deviation}>
            <span>
              {t("conflicts.deviation", {
                code: deviation.code,
                status: codedText(t, "deviationStatus", deviation.status) ?? deviation.status,
              })}
            </span>
            <ActionButton
              variant="default"
              data-testid="conflict-open-deviation"
              onClick={() => ways.onOpenDeviation(deviation.id)}
            >
              {t("conflicts.openDeviation")}
            </ActionButton>
          </p>
        )}
      </div>
      {decision === null ? (
        <div className={styles.decide}>
          <p>{t("conflicts.decideHelp")}</p>
          <ActionButton
            data-testid="conflict-decide"
            disabledReason={isOffline ? t("administration.offline") : refusal}
            onClick={onDecide}
          >
            {t("conflicts.decide")}
          </ActionButton>
        </div>
      ) : (
        <Notice
          tone="done"
          title={t(decision.is_signed ? "conflicts.signedBy" : "conflicts.decidedBy", {
            name: decision.person.name,
            time: formats.inZone(conflict.timeZone)(decision.decided_at),
          })}
          data-testid="conflict-decision"
        >
          {decision.comment}
        </Notice>
      )}
    </section>
  );
}

type SideProps = { side: ConflictSide; conflict: ConflictView; isStanding: boolean };

function Side({ side: { entry, stationName, receivedAt }, conflict, isStanding }: SideProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  // Which came first may be a matter of seconds.
  const exactly = formats.inZone(conflict.timeZone);
  const value = recordedValue(t, formats, entry);
  const { signature } = entry;
  const facts: [string, string | null][] = [
    [t("conflicts.person"), entry.personName],
    [t("conflicts.station"), stationName],
    [t("conflicts.recorded"), exactly(entry.recordedAt)],
    [t("conflicts.received"), exactly(receivedAt)],
    [
      t("conflicts.signature"),
      signature === null
        ? t("conflicts.unsigned")
        : `${t("signature.signedAs", { meaning: codedText(t, "signature.meanings", signature.meaning) ?? "" })}, ${
            signature.method === "server_attested" ? t("signature.methodServer") : t("signature.methodKey")
          }`,
    ],
    [t("conflicts.reason"), entry.reason],
  ];
  return (
    <div
      className={styles.side}
      data-standing={isStanding || undefined}
      data-testid={isStanding ? "conflict-standing" : "conflict-kept"}
    >
      <h3>
        {isStanding ? <IconCheck size={20} aria-hidden /> : <IconAlertTriangle size={20} aria-hidden />}
        {isStanding ? t("conflicts.standing") : t("conflicts.kept")}
      </h3>
      <strong className={styles.value} data-selectable>
        {value}
      </strong>
      <dl>
        {facts.map(
          ([label, text]) =>
            text !== null && (
              <div key={label}>
                <dt>{label}</dt>
                <dd data-selectable>{text}</dd>
              </div>
            ),
        )}
      </dl>
      <SavedFile batchId={conflict.batchId} entry={entry} />
    </div>
  );
}
