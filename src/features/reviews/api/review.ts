import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useReview(batchId: string) {
  return useQuery({ queryKey: keys.review(batchId), queryFn: () => call(commands.batchReview(batchId)), retry: false });
}
