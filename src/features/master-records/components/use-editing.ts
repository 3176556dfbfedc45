import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useMemo, useReducer, useRef, useState } from "react";
import type { MasterRecordView } from "../../../bridge/bindings";
import { useProcedureFaults } from "../api/check-procedure";
import { unreadable as unreadableOf } from "./decimals";
import { edit, isChanged as isChangedOf, startEditing } from "./editor-state";
import { isWithin, partOf } from "./pointer";

/** A pause after which what was typed is looked through. */
const PAUSE = 400;

export type Editing = ReturnType<typeof useEditing>;

/** Everything that the editor knows beside what is on the screen. */
export function useEditing(view: MasterRecordView, onChanged: (isChanged: boolean) => void) {
  const [state, dispatch] = useReducer(edit, view.record.procedure, startEditing);
  /** Of the version that the text was begun from. */
  const [revision, setRevision] = useState(view.record.row.revision);
  const [opened, open] = useState<"save" | "faults" | null>(null);
  const [isPreviewing, setPreviewing] = useState(false);
  const [sought, setSought] = useState<{ path: string } | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const isChanged = isChangedOf(state);
  const unreadable = useMemo(() => unreadableOf(state.procedure), [state.procedure]);
  const [typed] = useDebouncedValue(state.procedure, PAUSE);
  const isReadable = unreadableOf(typed).length === 0;
  const text = useMemo(() => JSON.stringify(typed), [typed]);
  const checked = useProcedureFaults(isReadable ? text : null);

  useEffect(() => onChanged(isChanged), [isChanged, onChanged]);

  // The form of the part is there after the next drawing; the field with the longest common place is meant.
  useEffect(() => {
    if (sought === null) return;
    const fields = [...(frame.current?.querySelectorAll<HTMLElement>("[data-path]") ?? [])];
    const near = fields.filter((field) => isWithin(sought.path, field.dataset.path ?? "?"));
    near.sort((one, other) => (other.dataset.path ?? "").length - (one.dataset.path ?? "").length);
    const field = near[0] ?? frame.current?.querySelector<HTMLElement>("[data-part] input, [data-part] textarea");
    field?.focus();
    field?.scrollIntoView({ block: "center" });
  }, [sought]);

  function jump(path: string) {
    setPreviewing(false);
    open(null);
    dispatch({ type: "select", path: partOf(path) });
    setSought({ path });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    dispatch({ type: event.shiftKey ? "redo" : "undo" });
  }

  return {
    state,
    dispatch,
    revision,
    setRevision,
    opened,
    open,
    isPreviewing,
    setPreviewing,
    frame,
    isChanged,
    unreadable,
    faults: checked.data ?? view.record.faults,
    isCheckFailed: checked.isError,
    jump,
    onKeyDown,
  };
}
