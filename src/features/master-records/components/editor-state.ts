import type { PhaseDefinition, Procedure } from "../../../bridge/bindings";
import { itemOf, kindOfPart, partOf, read, write } from "./pointer";
import { filled, type PhaseType, placedPhases } from "./procedure";
import { changeKind, renameLine, renamePhase } from "./references";

/** What an author has typed, with the way back; the place of the last change lets one text be one step of it. */
export type EditorState = {
  procedure: Procedure;
  past: Procedure[];
  future: Procedure[];
  lastPlace: string | null;
  /** The part whose form is shown, by its place in the document. */
  selected: string;
  /** The procedure as the server has it. */
  saved: string;
};

export type EditorAction =
  | { type: "change"; path: string; value: unknown }
  | { type: "rename"; path: string; key: string }
  | { type: "retype"; path: string; to: PhaseType }
  | { type: "add"; list: string; item: object; at: number }
  | { type: "remove"; path: string }
  | { type: "move"; path: string; by: -1 | 1 }
  | { type: "select"; path: string }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "saved"; procedure: Procedure }
  | { type: "reload"; procedure: Procedure };

/** Steps back that are kept. */
const DEEPEST = 200;

export function startEditing(procedure: Procedure): EditorState {
  const whole = filled(procedure);
  return { procedure: whole, past: [], future: [], lastPlace: null, selected: "", saved: canonical(whole) };
}

export const isChanged = (state: EditorState) => canonical(state.procedure) !== state.saved;

/** One text for one content: the server writes the members of a part in its own order and leaves out what is empty. */
function canonical(procedure: Procedure): string {
  return JSON.stringify(procedure, (_, value: unknown) => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
    return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

export function edit(state: EditorState, action: EditorAction): EditorState {
  const { procedure } = state;
  switch (action.type) {
    case "change":
      return changed(state, write(procedure, action.path, action.value), action.path);
    case "rename":
      return changed(state, renamed(procedure, action.path, action.key), null);
    case "retype": {
      const phase = read(procedure, action.path) as PhaseDefinition;
      return changed(state, write(procedure, `${action.path}/kind`, changeKind(phase.kind, action.to)), null);
    }
    case "add": {
      const list = [...(read(procedure, action.list) as object[])];
      list.splice(action.at, 0, action.item);
      const next = changed(state, write(procedure, action.list, list), null);
      return { ...next, selected: `${action.list}/${action.at}` };
    }
    case "remove":
      return removed(state, action.path);
    case "move":
      return moved(state, action.path, action.by);
    case "select":
      return { ...state, selected: action.path, lastPlace: null };
    case "undo": {
      const before = state.past.at(-1);
      if (before === undefined) return state;
      return shown({
        ...state,
        procedure: before,
        past: state.past.slice(0, -1),
        future: [procedure, ...state.future],
      });
    }
    case "redo": {
      const [after, ...future] = state.future;
      if (after === undefined) return state;
      return shown({ ...state, procedure: after, past: [...state.past, procedure], future });
    }
    case "saved":
      return { ...state, saved: canonical(filled(action.procedure)), lastPlace: null };
    case "reload":
      return shown({ ...startEditing(action.procedure), selected: state.selected });
  }
}

function changed(state: EditorState, procedure: Procedure, place: string | null): EditorState {
  const isSameText = place !== null && place === state.lastPlace;
  const past = isSameText ? state.past : [...state.past, state.procedure].slice(-DEEPEST);
  return { ...state, procedure, past, future: [], lastPlace: place };
}

/** A part that is there no more cannot stay selected. */
function shown(state: EditorState): EditorState {
  let selected = state.selected;
  while (selected !== "" && read(state.procedure, selected) === undefined) selected = parentOf(selected);
  return { ...state, selected, lastPlace: null };
}

const parentOf = (path: string) => partOf(path.split("/").slice(0, -2).join("/"));

/** What names the part follows it, unless two parts have that name and nobody knows which one is meant. */
function renamed(procedure: Procedure, path: string, key: string): Procedure {
  const isLine = kindOfPart(path) === "line";
  const keys = isLine
    ? (procedure.recipe ?? []).map((line) => line.key)
    : placedPhases(procedure).map((p) => p.phase.key);
  const from = read(procedure, `${path}/key`) as string;
  const isClear = key !== "" && !keys.includes(key) && keys.filter((other) => other === from).length === 1;
  const next = write(procedure, `${path}/key`, key);
  if (!isClear) return next;
  return isLine ? renameLine(next, from, key) : renamePhase(next, from, key);
}

function removed(state: EditorState, path: string): EditorState {
  const item = itemOf(path);
  if (item === null) return state;
  const list = (read(state.procedure, item.list) as object[]).filter((_, index) => index !== item.index);
  const next = changed(state, write(state.procedure, item.list, list), null);
  const beside = Math.min(item.index, list.length - 1);
  return { ...next, selected: beside < 0 ? parentOf(path) : `${item.list}/${beside}` };
}

function moved(state: EditorState, path: string, by: -1 | 1): EditorState {
  const target = targetOf(state.procedure, path, by);
  const item = itemOf(path);
  if (target === null || item === null) return state;
  const part = read(state.procedure, path);
  const without = (read(state.procedure, item.list) as unknown[]).filter((_, index) => index !== item.index);
  const taken = write(state.procedure, item.list, without);
  const list = [...(read(taken, target.list) as unknown[])];
  list.splice(target.index, 0, part);
  return { ...changed(state, write(taken, target.list, list), null), selected: `${target.list}/${target.index}` };
}

/** Where a part goes when it moves up or down: beyond the end of its list into the list beside it. */
export function targetOf(procedure: Procedure, path: string, by: -1 | 1): { list: string; index: number } | null {
  const item = itemOf(path);
  if (item === null) return null;
  const length = (read(procedure, item.list) as unknown[]).length;
  const index = item.index + by;
  if (index >= 0 && index < length) return { list: item.list, index };
  const lists = listsBeside(procedure, item.list);
  const list = lists[lists.indexOf(item.list) + by];
  if (list === undefined) return null;
  return { list, index: by > 0 ? 0 : (read(procedure, list) as unknown[]).length };
}

function listsBeside(procedure: Procedure, list: string): string[] {
  const units = procedure.unit_procedures.map((unit, place) => ({
    unit,
    path: `/unit_procedures/${place}/operations`,
  }));
  if (list.endsWith("/operations")) return units.map(({ path }) => path);
  if (!list.endsWith("/phases")) return [list];
  return units.flatMap(({ unit, path }) => unit.operations.map((_, place) => `${path}/${place}/phases`));
}
