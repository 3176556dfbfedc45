import { useQuery } from "@tanstack/react-query";
import { type BatchListQuery, commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

const query: BatchListQuery = { search: "", statuses: [], onlyMine: false, sort: "number", descending: true };

/** The plant's batches by number: they lie on the station. */
export function useBatchChoices() {
  const read = useQuery({ queryKey: keys.batches(query), queryFn: () => call(commands.listBatches(query)) });
  return (read.data?.items ?? []).map(({ id, number, product }) => ({ value: id, label: `${number} · ${product}` }));
}
