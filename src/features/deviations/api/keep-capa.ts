import { useQueryClient } from "@tanstack/react-query";
import type { CapaView } from "../../../bridge/bindings";
import { keys } from "../../../bridge/keys";

/** A command that changes an action answers with it: the screens show it without asking again. */
export function useKeepCapa() {
  const client = useQueryClient();
  return (view: CapaView) => client.setQueryData(keys.capa(view.capa.row.id), view);
}
