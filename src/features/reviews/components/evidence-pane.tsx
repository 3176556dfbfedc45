import type { ReactNode, Ref } from "react";
import { useTranslation } from "react-i18next";
import type { BatchTest, ReviewDeviationView, ReviewExceptionView, ReviewView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ActionButton } from "../../../ui/action-button";
import { Evidence } from "../../../ui/evidence";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { SignatureList } from "../../../ui/signature-list";
import { type Line, phaseOf } from "./lines";
import { QueryTalk } from "./query-talk";
import type { Sheet } from "./review-sheets";
import styles from "./reviews.module.css";

type Props = {
  ref: Ref<HTMLElement>;
  view: ReviewView;
  line: Line | undefined;
  trail: ReactNode;
  isOffline: boolean;
  onOpen: (sheet: Sheet) => void;
  onOpenDeviation: (id: string) => void;
  onAccept: (line: Line) => void;
};

/** What the chosen line rests on: the step as it was executed, the deviation, the trail, the question. */
export function EvidencePane({ ref, view, line, trail, isOffline, onOpen, onOpenDeviation, onAccept }: Props) {
  const { t } = useTranslation();
  const phase = phaseOf(view, line);
  const item = line?.type === "exception" ? line.item : null;
  const deviation = view.deviations.find(({ id }) => id === item?.exception.subject);
  return (
    <section
      key={line?.id}
      ref={ref}
      className={styles.pane}
      tabIndex={-1}
      aria-label={t("reviews.evidenceOf")}
      data-testid="review-evidence"
    >
      {line === undefined && <p className={styles.muted}>{t("reviews.choose")}</p>}
      {line !== undefined && item !== null && (
        <Judgement item={item} isOffline={isOffline} onAccept={() => onAccept(line)} />
      )}
      {deviation !== undefined && <DeviationFacts deviation={deviation} onOpen={onOpenDeviation} />}
      {line?.type === "query" && <QueryTalk line={line} isOffline={isOffline} onOpen={onOpen} />}
      {line?.type === "test" && <TestFacts test={line.item} />}
      {line?.type === "signatures" && <SignatureList signatures={view.signatures} contentHash={view.contentHash} />}
      {item?.exception.kind === "trail_not_reviewed" && trail}
      {phase !== undefined && (
        <Evidence batchId={view.batchId} evidence={phase.evidence} causeId={item?.exception.subject ?? null} />
      )}
    </section>
  );
}

type JudgementProps = { item: ReviewExceptionView; isOffline: boolean; onAccept: () => void };

/** What it is, and what somebody of quality assurance has said about it. */
function Judgement({ item, isOffline, onAccept }: JudgementProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { kind, decision, at } = item.exception;
  const refusal = item.refusal === null ? undefined : (codedText(t, "errors", item.refusal) ?? item.refusal);
  return (
    <header className={styles.judgement}>
      <div>
        <h2>{codedText(t, "exceptionKinds", kind) ?? kind}</h2>
        {at && <span className={styles.muted}>{t("reviews.received", { time: formats.dateTime(at) })}</span>}
      </div>
      {decision ? (
        <Notice
          tone="done"
          title={t("reviews.acceptedBy", {
            name: decision.person.name,
            time: formats.dateTime(decision.decided_at),
          })}
          data-testid="review-decision"
        >
          {decision.comment}
        </Notice>
      ) : (
        item.waits &&
        item.refusal !== "not_under_review" && (
          <ActionButton
            data-testid={kind === "conflict" ? "review-open-conflicts" : "review-accept"}
            disabledReason={isOffline ? t("administration.offline") : refusal}
            onClick={onAccept}
          >
            {kind === "conflict" ? t("reviews.openConflicts") : t("reviews.accept")}
          </ActionButton>
        )
      )}
    </header>
  );
}

type DeviationProps = { deviation: ReviewDeviationView; onOpen: (id: string) => void };

function DeviationFacts({ deviation, onOpen }: DeviationProps) {
  const { t } = useTranslation();
  const { code, severity, status, description, disposition } = deviation;
  const facts = [
    codedText(t, "severity", severity) ?? severity,
    codedText(t, "deviationStatus", status) ?? status,
    disposition !== null && t("reviews.dispositionOf", { disposition: codedText(t, "disposition", disposition) ?? "" }),
  ].filter((fact) => fact !== false);
  return (
    <div className={styles.facts} data-testid="review-deviation">
      <strong>{code}</strong>
      <span>{facts.join(" · ")}</span>
      <p data-selectable>{description}</p>
      <ActionButton variant="default" data-testid="review-open-deviation" onClick={() => onOpen(deviation.id)}>
        {t("reviews.openDeviation")}
      </ActionButton>
    </div>
  );
}

function TestFacts({ test }: { test: BatchTest }) {
  const { t } = useTranslation();
  const facts: [string, string | null | undefined][] = [
    [t("reviews.method"), test.method],
    [t("reviews.container"), test.container],
    [t("reviews.result"), test.result ?? t("reviews.noResult")],
    [t("reviews.testedBy"), test.tested_by],
    [t("reviews.testReviewedBy"), test.reviewed_by],
  ];
  return (
    <div className={styles.facts} data-testid="review-test">
      <strong>{test.test}</strong>
      <span>{codedText(t, "testConclusions", test.conclusion) ?? test.conclusion}</span>
      <dl>
        {facts.map(
          ([label, text]) =>
            text && (
              <div key={label}>
                <dt>{label}</dt>
                <dd data-selectable>{text}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  );
}
