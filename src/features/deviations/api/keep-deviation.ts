import { useQueryClient } from "@tanstack/react-query";
import type { DeviationView } from "../../../bridge/bindings";
import { keys } from "../../../bridge/keys";

/** A command that changes a deviation answers with it: the screens show it without asking again. */
export function useKeepDeviation() {
  const client = useQueryClient();
  return (view: DeviationView) => client.setQueryData(keys.deviation(view.record.row.id), view);
}
