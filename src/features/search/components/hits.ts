import type { TFunction } from "i18next";
import type { Found, MasterRecordRow } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import type { Formats } from "../../../ui/formats";

/** Something that a person can go to or do from anywhere. */
export type Action = { id: string; words: string; where: string; act: () => void };

/** Where what was found is opened; what the person's role has no screen for is not searched. */
export type Ways = {
  batch?: (id: string) => void;
  lot?: (id: string) => void;
  document?: (id: string) => void;
};

export type Hit = { id: string; words: string; detail: string; state: string; choose: () => void };
export type HitGroup = { name: "batches" | "lots" | "documents" | "actions"; hits: Hit[] };

/** Documents of one answer that are shown. */
const mostDocuments = 6;

export function groupsOf(
  t: TFunction,
  formats: Formats,
  text: string,
  answers: { found?: Found | undefined; documents?: MasterRecordRow[] | undefined },
  ways: Ways,
  actions: Action[],
): HitGroup[] {
  const { batch, lot, document } = ways;
  const groups: HitGroup[] = [
    {
      name: "batches",
      hits: (batch === undefined ? [] : (answers.found?.batches ?? [])).map((found) => ({
        id: `batch-${found.id}`,
        words: found.number,
        detail: found.product,
        state: codedText(t, "batchStatus", found.status) ?? found.status,
        choose: () => batch?.(found.id),
      })),
    },
    {
      name: "lots",
      hits: (lot === undefined ? [] : (answers.found?.lots ?? [])).map((found) => ({
        id: `lot-${found.id}`,
        words: found.number,
        detail: `${found.material} · ${found.materialCode}`,
        state: codedText(t, "lotStatus", found.status) ?? found.status,
        choose: () => lot?.(found.id),
      })),
    },
    {
      name: "documents",
      hits: (document === undefined ? [] : (answers.documents ?? [])).slice(0, mostDocuments).map((record) => ({
        id: `document-${record.id}`,
        words: record.product,
        detail: t("search.version", { code: record.product_code, version: formats.count(record.version) }),
        state: codedText(t, "masterStatus", record.status) ?? record.status,
        choose: () => document?.(record.id),
      })),
    },
    { name: "actions", hits: fitting(text, actions) },
  ];
  return groups.filter(({ hits }) => hits.length > 0);
}

/** Each word begins a word of what the action is called. */
function fitting(text: string, actions: Action[]): Hit[] {
  const wanted = text.toLowerCase().split(/\s+/);
  const fits = ({ words, where }: Action) => {
    const known = `${words} ${where}`.toLowerCase().split(/\s+/);
    return wanted.every((word) => known.some((begins) => begins.startsWith(word)));
  };
  return actions
    .filter(fits)
    .map(({ id, words, where, act }) => ({ id: `action-${id}`, words, detail: where, state: "", choose: act }));
}
