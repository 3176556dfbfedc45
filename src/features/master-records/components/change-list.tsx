import { IconArrowsUpDown, IconMinus, IconPencil, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Change } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { fieldText } from "./fault-text";
import styles from "./master-records.module.css";

const icons = { added: IconPlus, removed: IconMinus, changed: IconPencil, moved: IconArrowsUpDown };

/** Changes by the part that they are in: what was is struck through, what is stands behind it. */
export function ChangeList({ changes }: { changes: Change[] }) {
  const { t } = useTranslation();
  const places = [...new Set(changes.map(({ place }) => place.join(" › ")))];
  return (
    <>
      {places.map((place) => (
        <section key={place} className={styles.changed}>
          <h2>{place === "" ? t("masters.head") : place}</h2>
          <ul>
            {changes
              .filter((change) => change.place.join(" › ") === place)
              .map((change) => (
                <ChangeLine key={`${change.kind} ${change.field}`} change={change} />
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function ChangeLine({ change: { kind, place, field, before, after } }: { change: Change }) {
  const { t } = useTranslation();
  const Icon = icons[kind];
  return (
    <li data-kind={kind} data-testid={`change-${place.at(-1) ?? "head"}`}>
      <Icon size={20} aria-hidden />
      <span className={styles.changeKind}>{codedText(t, "changeKinds", kind)}</span>
      {field !== "" && <span className={styles.changeField}>{fieldText(t, field.split("."))}</span>}
      <span className={styles.values}>
        {before !== null && (
          <del>
            <span className={styles.said}>{t("audit.old")} </span>
            {before}
          </del>
        )}
        {after !== null && (
          <ins>
            <span className={styles.said}>{t("audit.new")} </span>
            {after}
          </ins>
        )}
      </span>
    </li>
  );
}
