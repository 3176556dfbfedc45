import { useEffect, useRef } from "react";

type Walk = {
  /** Not while a sheet is open. */
  isActive: boolean;
  onMove: (by: 1 | -1) => void;
  onEnter: () => void;
  onKey: Readonly<Record<string, () => void>>;
};

const moves: Readonly<Record<string, 1 | -1>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/** Single keys of a screen that is read by keyboard; what is typed into a field is left alone. */
export function useWalk(walk: Walk) {
  const newest = useRef(walk);
  useEffect(() => {
    newest.current = walk;
  });
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const { isActive, onMove, onEnter, onKey } = newest.current;
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      const isTyping =
        target.closest("input, textarea, select, [contenteditable], [role=menu], [role=dialog]") !== null;
      if (!isActive || isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
      const by = moves[event.key];
      const act = onKey[event.key];
      // A button that has the focus is pressed by Enter itself.
      const isPlainEnter = event.key === "Enter" && target.closest("button, a") === null;
      if (by === undefined && act === undefined && !isPlainEnter) return;
      event.preventDefault();
      if (by !== undefined) onMove(by);
      else if (act !== undefined) act();
      else onEnter();
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
