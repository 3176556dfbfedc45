import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ReleaseBlocker, ReviewView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import styles from "./reviews.module.css";

type Props = { view: ReviewView; onGoTo: (blocker: ReleaseBlocker) => void };

/** What still stands against the release, or what was decided. */
export function BlockersBar({ view, onGoTo }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const decision = view.signatures.findLast(({ meaning }) => meaning === "released" || meaning === "rejected");
  if (decision !== undefined) {
    const values = {
      name: decision.person_name,
      time: formats.inZone(decision.time_zone)(decision.signed_at),
    };
    const isReleased = decision.meaning === "released";
    return (
      <Notice
        tone={isReleased ? "done" : "bad"}
        title={isReleased ? t("reviews.released", values) : t("reviews.rejected", values)}
        data-testid="review-decided"
      >
        {decision.reason}
      </Notice>
    );
  }
  if (view.blockers.length === 0) {
    return <Notice tone="done" title={t("reviews.clear")} data-testid="review-clear" />;
  }
  return (
    <Notice tone="calm" title={t("reviews.blocked", { count: view.blockers.length })} data-testid="review-blockers">
      <ul className={styles.blockers}>
        {view.blockers.map((blocker) => {
          const text = blockerText(t, formats, blocker);
          return (
            <li key={text} data-code={blocker.code}>
              {blocker.code === "phase_open" || blocker.code === "review_missing" ? (
                text
              ) : (
                <button type="button" className={styles.link} onClick={() => onGoTo(blocker)}>
                  {text}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </Notice>
  );
}

function blockerText(t: TFunction, formats: Formats, blocker: ReleaseBlocker): string {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(blocker)) {
    values[name] = typeof value === "number" ? formats.count(value) : value;
  }
  if (blocker.code === "deviation_open")
    values.severity = codedText(t, "severity", blocker.severity) ?? blocker.severity;
  if (blocker.code === "exception_not_reviewed")
    values.kind = codedText(t, "exceptionKinds", blocker.kind) ?? blocker.kind;
  return codedText(t, "releaseBlockers", blocker.code, values) ?? blocker.code;
}
