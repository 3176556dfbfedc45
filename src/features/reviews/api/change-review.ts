import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  type AcceptReviewException,
  type AnswerReviewQuery,
  type AskAboutBatch,
  commands,
  type ReviewView,
  type SignReviewStep,
} from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** What a change answers is the review as it is now; the station says itself which lists it made stale. */
function useChange<Request>(ask: (request: Request) => Promise<ReviewView>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ask,
    onSuccess: (view) => client.setQueryData(keys.review(view.batchId), view),
    gcTime: 0,
  });
}

export const useAcceptException = () =>
  useChange((accept: AcceptReviewException) => call(commands.acceptReviewException(accept)));

export const useAskProduction = () => useChange((ask: AskAboutBatch) => call(commands.askAboutBatch(ask)));

export const useAnswerQuery = () => useChange((answer: AnswerReviewQuery) => call(commands.answerReviewQuery(answer)));

export const useSignReviewStep = () => useChange((step: SignReviewStep) => call(commands.signReviewStep(step)));
