import { useTranslation } from "react-i18next";
import type { DeviationView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import styles from "./deviations.module.css";

/** What was found out, and what is to become of it. */
export function FindingsPanel({ view }: { view: DeviationView }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { record } = view;
  const { content } = record;
  const nobody = t("deviations.notYet");
  const people = record.investigators.map(({ name }) => name).join(", ");
  const affected = record.affected_batches.map(({ number, product }) => `${number} · ${product}`).join("\n");
  const disposition = content.disposition === null ? null : codedText(t, "disposition", content.disposition);
  const facts: [string, string, string | null | undefined][] = [
    ["immediate-action", t("deviations.immediateAction"), content.immediate_action],
    ["investigation", t("deviations.investigation"), content.investigation],
    ["root-cause", t("deviations.rootCause"), content.root_cause],
    ["impact", t("deviations.impact"), content.impact_assessment],
    ["affected", t("deviations.affected"), affected],
    ["disposition", t("deviations.disposition"), disposition],
    ["disposition-reason", t("deviations.dispositionReason"), content.disposition_reason],
    ["no-capa", t("deviations.noCapaReason"), content.no_capa_reason],
    ["investigators", t("deviations.investigators"), people],
    ["reviewer", t("deviations.reviewer"), record.reviewed_by?.name],
    [
      "closer",
      t("deviations.closer"),
      record.closed_by === null || record.closed_at === null
        ? null
        : `${record.closed_by.name} · ${formats.dateTime(record.closed_at)}`,
    ],
  ];
  return (
    <dl className={styles.facts} data-testid="deviation-findings">
      {facts.map(([id, label, text]) => (
        <div key={id}>
          <dt>{label}</dt>
          <dd data-testid={`finding-${id}`} data-empty={!text || undefined} data-selectable>
            {text ? text : nobody}
          </dd>
        </div>
      ))}
    </dl>
  );
}
