import { createContext, type Dispatch, use } from "react";
import { useTranslation } from "react-i18next";
import type { Fault, Procedure } from "../../../bridge/bindings";
import type { EditorAction } from "./editor-state";
import { faultText } from "./fault-text";
import { isWithin, read } from "./pointer";

type Editor = { procedure: Procedure; faults: Fault[]; unreadable: string[]; dispatch: Dispatch<EditorAction> };

/** What is edited, what is wrong with it, and how it is changed; every field knows its place in it. */
export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = use(EditorContext);
  if (editor === null) throw new Error("No editor above this field");
  return editor;
}

/** One value by its place, with what is wrong there; a list answers for its items too. */
export function useField(path: string) {
  const { t } = useTranslation();
  const { procedure, faults, unreadable, dispatch } = useEditor();
  const said = faults.filter((fault) => isWithin(fault.path, path)).map((fault) => faultText(t, fault));
  if (unreadable.includes(path)) said.unshift(t("number.not_a_number"));
  return {
    value: read(procedure, path),
    error: said.length === 0 ? undefined : [...new Set(said)].join(" "),
    set: (value: unknown) => dispatch({ type: "change", path, value }),
  };
}
