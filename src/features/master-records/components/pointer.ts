/** Places in a procedure by JSON Pointer (RFC 6901), as its faults name them; no key of a procedure needs escaping. */
type Step = string | number;

const steps = (path: string): Step[] =>
  path
    .split("/")
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));

export function read(document: unknown, path: string): unknown {
  return steps(path).reduce<unknown>(
    (inside, step) => (inside as Record<Step, unknown> | null | undefined)?.[step],
    document,
  );
}

/** The document with another value at one place; everything beside it stays the same object. */
export function write<T>(document: T, path: string, value: unknown): T {
  const put = (inside: unknown, [step, ...rest]: Step[]): unknown => {
    if (step === undefined) return value;
    const copy = Array.isArray(inside) ? [...inside] : { ...(inside as object) };
    const members = copy as Record<Step, unknown>;
    members[step] = put(members[step], rest);
    return copy;
  };
  return put(document, steps(path)) as T;
}

/** The list that an item is in and its place there; `null` for what is no item of a list. */
export function itemOf(path: string): { list: string; index: number } | null {
  const cut = path.lastIndexOf("/");
  const index = path.slice(cut + 1);
  return /^\d+$/.test(index) ? { list: path.slice(0, cut), index: Number(index) } : null;
}

export const isWithin = (path: string, outer: string) => path === outer || path.startsWith(`${outer}/`);

const part =
  /^(\/recipe\/\d+|\/unit_procedures\/\d+\/operations\/\d+\/phases\/\d+|\/unit_procedures\/\d+\/operations\/\d+|\/unit_procedures\/\d+)(?=\/|$)/;

/** The part of the record whose form holds a place; empty for its head. */
export const partOf = (path: string) => part.exec(path)?.[0] ?? "";

export type PartKind = "head" | "line" | "unit" | "operation" | "phase";

export function kindOfPart(path: string): PartKind {
  if (path === "") return "head";
  if (path.startsWith("/recipe/")) return "line";
  return path.includes("/phases/") ? "phase" : path.includes("/operations/") ? "operation" : "unit";
}
