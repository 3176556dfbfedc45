import type {
  BatchTest,
  ExceptionKind,
  ReleaseBlocker,
  ReviewExceptionView,
  ReviewQueryView,
  ReviewView,
} from "../../../bridge/bindings";

/** One line of the list: what a person walks through. */
export type Line =
  | { id: string; type: "exception"; item: ReviewExceptionView }
  | { id: string; type: "query"; item: ReviewQueryView }
  | { id: string; type: "test"; item: BatchTest }
  | { id: string; type: "signatures" };

export type Group = { id: string; kind: ExceptionKind | null; lines: Line[]; open: number };

/** What is out of the ordinary by kind, then questions, tests and signatures. */
export function groupsOf(view: ReviewView): Group[] {
  const groups: Group[] = [];
  // The decision itself is in the trail: of a batch that was decided, nobody looks at the trail for its review any more.
  const isDecided = view.releaseStatus === "Released" || view.releaseStatus === "Rejected";
  const isOver = ({ exception }: ReviewExceptionView) =>
    isDecided && exception.kind === "trail_not_reviewed" && !exception.decision;
  for (const item of view.exceptions.filter((one) => !isOver(one))) {
    const { kind, subject } = item.exception;
    const line: Line = { id: `exception-${kind}-${subject}`, type: "exception", item };
    const isOpen = item.exception.decision === undefined || item.exception.decision === null;
    const group = groups.find((one) => one.kind === kind);
    if (group === undefined) groups.push({ id: kind, kind, lines: [line], open: isOpen ? 1 : 0 });
    else {
      group.lines.push(line);
      group.open += isOpen ? 1 : 0;
    }
  }
  const queries = view.queries.map((item): Line => ({ id: `query-${item.query.number}`, type: "query", item }));
  const tests = view.tests.map((item, place): Line => ({ id: `test-${place}`, type: "test", item }));
  return [
    ...groups,
    { id: "queries", kind: null, lines: queries, open: 0 },
    { id: "tests", kind: null, lines: tests, open: 0 },
    { id: "signatures", kind: null, lines: [{ id: "signatures", type: "signatures" }], open: 0 },
  ];
}

export const linesOf = (groups: Group[]): Line[] => groups.flatMap(({ lines }) => lines);

/** Whether somebody must still judge it. */
export const isOpen = (line: Line): boolean => line.type === "exception" && !line.item.exception.decision;

/** The step that a line is about. */
export function phaseOf(view: ReviewView, line: Line | undefined) {
  const id =
    line?.type === "exception"
      ? line.item.exception.phase_id
      : line?.type === "query"
        ? line.item.query.phase_id
        : null;
  return view.phases.find((phase) => phase.id === id);
}

/** The line that a blocker leads to; of a step or the review itself, none. */
export function lineOfBlocker(lines: Line[], blocker: ReleaseBlocker): Line | undefined {
  switch (blocker.code) {
    case "exception_not_reviewed":
      return lines.find(
        (line) => isOpen(line) && line.type === "exception" && line.item.exception.kind === blocker.kind,
      );
    case "deviation_open":
      return lines.find((line) => line.type === "exception" && line.item.deviation === blocker.deviation);
    case "query_open":
      return lines.find((line) => line.type === "query" && line.item.query.number === blocker.number);
    case "test_pending":
    case "test_failed":
      return lines.find((line) => line.type === "test" && line.item.test === blocker.test);
    default:
      return undefined;
  }
}
