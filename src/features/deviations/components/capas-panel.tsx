import { useTranslation } from "react-i18next";
import type { DeviationView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import evidence from "../../../ui/evidence.module.css";
import { useFormats } from "../../../ui/formats";
import styles from "./deviations.module.css";

type Props = { view: DeviationView; onOpenCapa: (id: string) => void };

/** What keeps it from happening again. */
export function CapasPanel({ view, onOpenCapa }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { capas, content } = view.record;
  return (
    <section className={evidence.evidence} data-testid="deviation-capas">
      {capas.length === 0 && <p className={styles.muted}>{content.no_capa_reason ?? t("deviations.noCapas")}</p>}
      <ul className={evidence.entries}>
        {capas.map((capa) => (
          <li key={capa.id}>
            <div className={evidence.value}>
              {view.mayReadCapas ? (
                <button
                  type="button"
                  className={styles.link}
                  data-testid={`deviation-capa-${capa.code}`}
                  onClick={() => onOpenCapa(capa.id)}
                >
                  {capa.code}
                </button>
              ) : (
                <strong>{capa.code}</strong>
              )}
              <span>{capa.title}</span>
            </div>
            <span className={styles.muted}>
              {codedText(t, "capaStatus", capa.status) ?? capa.status} · {capa.owner_name} ·{" "}
              {t("capas.dueOn", { day: formats.plainDate(capa.due_on) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
