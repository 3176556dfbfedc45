import { useMutation } from "@tanstack/react-query";
import { type AuditReviewInput, commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

export function useReviewAuditTrail() {
  return useMutation({ mutationFn: (review: AuditReviewInput) => call(commands.reviewAuditTrail(review)) });
}
