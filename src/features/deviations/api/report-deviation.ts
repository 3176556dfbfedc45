import { useMutation } from "@tanstack/react-query";
import { commands, type DeviationReport } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { useKeepDeviation } from "./keep-deviation";

/** The station says itself which lists it made stale. */
export function useReportDeviation() {
  const keep = useKeepDeviation();
  return useMutation({
    mutationFn: (report: DeviationReport) => call(commands.reportDeviation(report)),
    onSuccess: keep,
    gcTime: 0,
  });
}
