import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../ui/formats";
import { useEditor } from "./editor-context";
import type { EditorState } from "./editor-state";
import { TreeRow } from "./editor-tree-row";
import { EditorTreeTools } from "./editor-tree-tools";
import { nameOf } from "./fault-text";
import styles from "./master-records.module.css";
import { placedPhases } from "./procedure";

type Row = { path: string; id: string; depth: number; name: string; detail?: string | undefined };

/** The parts of the record: arrows go from one to the next, Alt with an arrow moves the selected one. */
export function EditorTree({ state }: { state: EditorState }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { dispatch } = useEditor();
  const { procedure, selected } = state;
  const numbers = new Map(placedPhases(procedure).map(({ path, number }) => [path, formats.count(number)]));
  const rows: Row[] = [{ path: "", id: "head", depth: 0, name: t("masters.head") }];
  (procedure.recipe ?? []).forEach((line, place) => {
    rows.push({
      path: `/recipe/${place}`,
      id: line.key,
      depth: 1,
      name: line.material || nameOf(t, line),
      detail: line.key,
    });
  });
  procedure.unit_procedures.forEach((unit, unitAt) => {
    const unitPath = `/unit_procedures/${unitAt}`;
    rows.push({ path: unitPath, id: unit.name, depth: 0, name: nameOf(t, unit) });
    unit.operations.forEach((operation, operationAt) => {
      const path = `${unitPath}/operations/${operationAt}`;
      rows.push({ path, id: operation.name, depth: 1, name: nameOf(t, operation) });
      operation.phases.forEach((phase, phaseAt) => {
        const at = `${path}/phases/${phaseAt}`;
        rows.push({
          path: at,
          id: phase.key,
          depth: 2,
          name: phase.title || nameOf(t, phase),
          detail: numbers.get(at),
        });
      });
    });
  });

  function move(event: KeyboardEvent<HTMLUListElement>) {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    if (event.altKey) return dispatch({ type: "move", path: selected, by });
    const next = rows[rows.findIndex(({ path }) => path === selected) + by];
    if (next === undefined) return;
    dispatch({ type: "select", path: next.path });
    event.currentTarget.querySelector<HTMLElement>(`[data-row="${next.path}"]`)?.focus();
  }

  return (
    <nav className={styles.tree} aria-label={t("masters.partsOfRecord")}>
      <EditorTreeTools state={state} />
      <ul className={styles.rows} onKeyDown={move} data-testid="editor-tree">
        {rows.map((row) => (
          <TreeRow key={row.path} {...row} isSelected={row.path === selected} />
        ))}
      </ul>
    </nav>
  );
}
