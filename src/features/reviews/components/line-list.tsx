import { IconCircle, IconCircleCheck, IconFlask, IconMessageQuestion, IconWritingSign } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { codedText } from "../../../texts/coded";
import { type Formats, useFormats } from "../../../ui/formats";
import { type Group, isOpen, type Line } from "./lines";
import styles from "./reviews.module.css";

type Props = { groups: Group[]; selected: Line | undefined; onChoose: (line: Line) => void };

/** Everything that a reviewer walks through, by kind; what nobody has judged is marked open. */
export function LineList({ groups, selected, onChoose }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const hasExceptions = groups.some(({ kind }) => kind !== null);
  return (
    <nav className={styles.list} aria-label={t("reviews.list")} data-testid="review-list">
      {!hasExceptions && <p className={styles.muted}>{t("reviews.none")}</p>}
      {groups.map((group) => (
        <section key={group.id}>
          <h2>
            {titleOf(t, group)}
            {group.kind !== null && (
              <span>
                {group.open > 0
                  ? t("reviews.toJudge", { open: formats.count(group.open), count: group.lines.length })
                  : t("reviews.judged", { count: group.lines.length })}
              </span>
            )}
          </h2>
          {group.lines.length === 0 && <p className={styles.muted}>{emptyOf(t, group)}</p>}
          <ul>
            {group.lines.map((line) => {
              const Icon = iconOf(line);
              return (
                <li key={line.id}>
                  <button
                    type="button"
                    id={line.id}
                    className={styles.line}
                    aria-current={line.id === selected?.id ? "true" : undefined}
                    data-open={isOpen(line)}
                    data-testid={`review-line-${line.id}`}
                    onClick={() => onChoose(line)}
                  >
                    <Icon size={20} aria-hidden />
                    <span className={styles.cut}>{textOf(t, formats, line)}</span>
                    <small>{standingOf(t, line)}</small>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </nav>
  );
}

function titleOf(t: TFunction, group: Group): string {
  if (group.kind !== null) return codedText(t, "exceptionKinds", group.kind) ?? group.kind;
  if (group.id === "queries") return t("reviews.questions");
  return group.id === "tests" ? t("reviews.tests") : t("reviews.signatures");
}

const emptyOf = (t: TFunction, group: Group) =>
  group.id === "queries" ? t("reviews.noQuestions") : t("reviews.noResult");

function iconOf(line: Line) {
  if (line.type === "query") return IconMessageQuestion;
  if (line.type === "test") return IconFlask;
  if (line.type === "signatures") return IconWritingSign;
  return isOpen(line) ? IconCircle : IconCircleCheck;
}

function textOf(t: TFunction, formats: Formats, line: Line): string {
  if (line.type === "signatures") return t("reviews.signaturesOf");
  if (line.type === "test") return line.item.test;
  if (line.type === "query") return t("reviews.query", { number: formats.count(line.item.query.number) });
  const { deviation, phaseNumber, phaseTitle } = line.item;
  if (deviation !== null) return deviation;
  if (phaseNumber === null) return t("reviews.trail");
  return t("reviews.step", { number: formats.count(phaseNumber), title: phaseTitle ?? "" });
}

function standingOf(t: TFunction, line: Line): string | undefined {
  if (line.type === "query") return codedText(t, "queryStatus", line.item.query.status);
  if (line.type === "test") return codedText(t, "testConclusions", line.item.conclusion);
  return undefined;
}
