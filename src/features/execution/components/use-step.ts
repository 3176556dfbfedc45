import { useState } from "react";
import type { BatchStepName, BatchView } from "../../../bridge/bindings";
import { useTakeBatchStep } from "../api/take-batch-step";

/** A step with a whole batch that waits for its reason, where it needs one. */
export function useStep(batch: BatchView, onClose: () => void) {
  const take = useTakeBatchStep();
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isMissing = reason.trim() === "";

  function press(step: BatchStepName, needsReason: boolean) {
    setTried(true);
    if ((needsReason && isMissing) || take.isPending) return;
    take.mutate({ batchId: batch.id, version: batch.version, step, reason: reason.trim() }, { onSuccess: onClose });
  }

  return { take, press, reason, setReason, isReasonMissing: isTried && isMissing };
}
