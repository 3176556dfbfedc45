import { useMutation } from "@tanstack/react-query";
import { commands, type NewCapa } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { useKeepCapa } from "./keep-capa";

/** The station says itself which lists it made stale. */
export function useOpenCapa() {
  const keep = useKeepCapa();
  return useMutation({
    mutationFn: (capa: NewCapa) => call(commands.openCapa(capa)),
    onSuccess: keep,
    gcTime: 0,
  });
}
