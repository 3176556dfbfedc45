import { useMutation } from "@tanstack/react-query";
import { commands, type DeviationEdit } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { useKeepDeviation } from "./keep-deviation";

/** The station says itself which lists it made stale. */
export function useEditDeviation() {
  const keep = useKeepDeviation();
  return useMutation({
    mutationFn: (edit: DeviationEdit) => call(commands.editDeviation(edit)),
    onSuccess: keep,
    gcTime: 0,
  });
}
