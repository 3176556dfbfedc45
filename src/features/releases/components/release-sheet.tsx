import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ReleaseView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import styles from "../../../ui/register.module.css";
import { Sheet } from "../../../ui/sheet";
import { reachText } from "./release-table";
import { RolloutForm } from "./rollout-form";
import { RolloutWord } from "./rollout-word";

type Props = { release: ReleaseView; isOffline: boolean; onClose: () => void; onRefresh: () => void };

/** One release: what is known of it, how it went at the stations, and how it goes on. */
export function ReleaseSheet({ release, isOffline, onClose, onRefresh }: Props) {
  const { t } = useTranslation();
  const [isChanging, setChanging] = useState(false);
  const done = () => setChanging(false);
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("releases.named", { version: release.version })}
      data-testid="release-sheet"
    >
      {isChanging ? (
        <RolloutForm release={release} onDone={done} onRefresh={onRefresh} />
      ) : (
        <div className={styles.form}>
          <Stopped release={release} />
          <Facts release={release} />
          {release.state !== "withdrawn" && (
            <div className={styles.buttons}>
              <ActionButton
                data-testid="release-change"
                disabledReason={isOffline ? t("administration.offline") : undefined}
                onClick={() => setChanging(true)}
              >
                {t("releases.change")}
              </ActionButton>
            </div>
          )}
        </div>
      )}
    </Sheet>
  );
}

function Stopped({ release }: { release: ReleaseView }) {
  const { t } = useTranslation();
  const { stoppedBecause, stoppedByItself, state } = release;
  if (state === "running") return null;
  const own = stoppedByItself === null ? null : (codedText(t, "releaseStops", stoppedByItself) ?? stoppedByItself);
  return (
    <Notice
      tone={own === null ? "calm" : "warn"}
      title={state === "withdrawn" ? t("releases.withdrawn") : t("releases.paused")}
      data-testid="release-stopped"
    >
      {own ?? stoppedBecause}
    </Notice>
  );
}

function Facts({ release }: { release: ReleaseView }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { stations } = release;
  const counts = [
    [t("releases.healthy", { count: stations.healthy }), stations.healthy],
    [t("releases.installing", { count: stations.installing }), stations.installing],
    [t("releases.putBack", { count: stations.putBack }), stations.putBack],
    [t("releases.refused", { count: stations.refused }), stations.refused],
    [t("releases.silent", { count: stations.silent }), stations.silent],
  ] as const;
  const told = counts.filter(([, count], index) => index === 0 || count > 0);
  return (
    <dl className={styles.facts} data-testid="release-facts">
      <dt>{t("releases.notes")}</dt>
      <dd data-selectable>{release.notes}</dd>
      <dt>{t("releases.state")}</dt>
      <dd data-testid="release-state">
        <RolloutWord state={release.state} />
      </dd>
      <dt>{t("releases.reach")}</dt>
      <dd>{reachText(release, t)}</dd>
      <dt>{t("releases.stations")}</dt>
      <dd>
        {told.map(([text]) => (
          <div key={text}>{text}</div>
        ))}
      </dd>
      <dt>{t("releases.published")}</dt>
      <dd>
        {t("releases.by", {
          time: formats.dateTime(release.publishedAt),
          name: release.publishedBy ?? t("releases.atTheServer"),
        })}
      </dd>
      <dt>{t("releases.target")}</dt>
      <dd>{release.target}</dd>
      <dt>{t("releases.builderKey")}</dt>
      <dd data-selectable>{release.builderKey}</dd>
      <dt>{t("releases.sha256")}</dt>
      <dd data-selectable>{release.sha256}</dd>
    </dl>
  );
}
