import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ReviewView, SignedInPerson } from "../../../bridge/bindings";
import { useFormats } from "../../../ui/formats";
import { Page } from "../../../ui/page";
import { BlockersBar } from "./blockers-bar";
import { EvidencePane } from "./evidence-pane";
import { LineList } from "./line-list";
import { groupsOf, isOpen, type Line, lineOfBlocker, linesOf } from "./lines";
import { ReviewActions } from "./review-actions";
import type { ReviewWays } from "./review-screen";
import { ReviewSheets, type Sheet } from "./review-sheets";
import styles from "./reviews.module.css";
import { useWalk } from "./use-walk";

type Props = { view: ReviewView; person: SignedInPerson; isOffline: boolean; ways: ReviewWays; trail: ReactNode };

export function ShownReview({ view, person, isOffline, ways, trail }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const groups = groupsOf(view);
  const lines = linesOf(groups);
  const [chosen, setChosen] = useState<string | null>(null);
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const pane = useRef<HTMLElement>(null);
  const selected = lines.find(({ id }) => id === chosen) ?? lines.find(isOpen) ?? lines[0];
  const ask = view.steps.find(({ step }) => step === "ask");
  const mayAccept = (line: Line) => line.type === "exception" && line.item.waits && line.item.refusal === null;

  // Which of two entries stands is decided beside both of them, with a signature.
  function accept(line: Line) {
    if (line.type === "exception" && line.item.exception.kind === "conflict") ways.onOpenConflicts();
    else setSheet({ type: "accept", line });
  }

  function choose(line: Line | undefined) {
    if (line === undefined) return;
    setChosen(line.id);
    document.getElementById(line.id)?.focus();
  }
  // The one that follows is looked at next; the judged ones before it stay where they are.
  function goOn(from: Line) {
    const place = lines.findIndex(({ id }) => id === from.id);
    setChosen((lines.slice(place + 1).find(isOpen) ?? from).id);
  }

  useWalk({
    isActive: sheet === null,
    onMove(by) {
      const place = lines.findIndex(({ id }) => id === selected?.id);
      choose(lines[Math.max(0, Math.min(lines.length - 1, place + by))]);
    },
    onEnter: () => pane.current?.focus(),
    onKey: {
      a: () => selected !== undefined && mayAccept(selected) && !isOffline && accept(selected),
      q: () => ask?.refusal === null && !isOffline && setSheet({ type: "ask", line: selected }),
      r: ways.onOpenRecord,
    },
  });

  return (
    <Page
      title={view.number}
      note={t("reviews.facts", {
        product: view.product,
        quantity: formats.number(view.quantity),
        unit: view.unit,
      })}
      isFilling
      data-testid="review"
      actions={<ReviewActions view={view} isOffline={isOffline} ways={ways} onOpen={setSheet} line={selected} />}
    >
      <BlockersBar view={view} onGoTo={(blocker) => choose(lineOfBlocker(lines, blocker))} />
      <div className={styles.columns}>
        <LineList groups={groups} selected={selected} onChoose={choose} />
        <EvidencePane
          ref={pane}
          view={view}
          line={selected}
          trail={trail}
          isOffline={isOffline}
          onOpen={setSheet}
          onOpenDeviation={ways.onOpenDeviation}
          onAccept={accept}
        />
      </div>
      <p className={styles.keys} data-testid="review-keys">
        {t("reviews.keys")}
      </p>
      <ReviewSheets
        view={view}
        person={person}
        isOffline={isOffline}
        sheet={sheet}
        onClose={() => setSheet(null)}
        onAccepted={goOn}
      />
    </Page>
  );
}
