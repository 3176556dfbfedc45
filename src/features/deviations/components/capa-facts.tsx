import { useTranslation } from "react-i18next";
import type { Capa } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import styles from "./deviations.module.css";

type Props = { capa: Capa; onOpenDeviation: (id: string) => void };

export function CapaFacts({ capa, onOpenDeviation }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { row, content } = capa;
  const by = (name: string | undefined, at: string | null) =>
    name === undefined || at === null ? "" : `${name} · ${formats.dateTime(at)}`;
  const verdict = content.effectiveness === null ? null : codedText(t, "effectiveness", content.effectiveness);
  const facts: [string, string, (string | null | undefined)[]][] = [
    ["title", t("capas.what"), [content.title]],
    ["problem", t("capas.problem"), [content.problem]],
    ["owner", t("capas.owner"), [row.owner_name]],
    ["due", t("capas.due"), [formats.plainDate(row.due_on)]],
    ["action", t("capas.action"), [content.action]],
    ["done", t("capas.done"), [content.done_note, by(capa.done_by?.name, capa.done_at)]],
    [
      "effectiveness",
      t("capas.effectiveness"),
      [verdict, content.effectiveness_note, by(capa.judged_by?.name, capa.judged_at)],
    ],
    ["rounds", t("capas.rounds"), capa.rounds === 0 ? [] : [formats.count(capa.rounds)]],
  ];
  return (
    <dl className={styles.facts} data-testid="capa-facts">
      <div>
        <dt>{t("deviations.one")}</dt>
        <dd>
          <button
            type="button"
            className={styles.link}
            data-testid="capa-deviation"
            onClick={() => onOpenDeviation(row.deviation_id)}
          >
            {row.deviation_code}
          </button>
        </dd>
      </div>
      {facts.map(([id, label, texts]) => {
        const said = texts.filter(Boolean).join("\n");
        return (
          <div key={id}>
            <dt>{label}</dt>
            <dd data-testid={`capa-fact-${id}`} data-empty={said === "" || undefined} data-selectable>
              {said === "" ? t("deviations.notYet") : said}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
