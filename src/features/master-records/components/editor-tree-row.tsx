import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useEditor } from "./editor-context";
import styles from "./master-records.module.css";
import { isWithin, kindOfPart, partOf } from "./pointer";

type Props = {
  path: string;
  id: string;
  depth: number;
  name: string;
  detail?: string | undefined;
  isSelected: boolean;
};

/** One part, with how much is wrong in it and in what it holds. */
export function TreeRow({ path, id, depth, name, detail, isSelected }: Props) {
  const { t } = useTranslation();
  const { faults, unreadable, dispatch } = useEditor();
  const button = useRef<HTMLButtonElement>(null);
  const places = [...faults.map((fault) => fault.path), ...unreadable];
  // The head holds everything; only what is in no other part is counted there.
  const count = places.filter((place) => (path === "" ? partOf(place) === "" : isWithin(place, path))).length;
  useEffect(() => {
    if (isSelected) button.current?.scrollIntoView({ block: "nearest" });
  }, [isSelected]);

  return (
    <li>
      <button
        ref={button}
        type="button"
        className={styles.treeRow}
        data-row={path}
        data-depth={depth}
        data-kind={kindOfPart(path)}
        data-faults={count}
        data-testid={`tree-${id}`}
        aria-current={isSelected || undefined}
        onClick={() => dispatch({ type: "select", path })}
      >
        {detail !== undefined && <small>{detail}</small>}
        <span>{name}</span>
        {count > 0 && (
          <span className={styles.badge}>
            <IconAlertTriangle size={16} aria-hidden />
            <span className={styles.said}>{t("masters.faults", { count })}</span>
            <span aria-hidden>{count}</span>
          </span>
        )}
      </button>
    </li>
  );
}
