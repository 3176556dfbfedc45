import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { ExecutionScreen } from "../../features/execution/components/execution-screen";
import { NoBatch } from "../../features/execution/components/no-batch";
import { lastBatch, rememberBatch } from "../last-batch";
import { useStation } from "../station-context";

/** A batch by its address, or the person's last one when the menu opens the screen. */
export function ExecutionRoute({ batchId }: { batchId?: string }) {
  const { person, status } = useStation();
  const navigate = useNavigate();
  const shown = batchId ?? lastBatch(person.id);
  const toBatches = () => void navigate({ to: "/batches" });
  useEffect(() => {
    if (batchId !== undefined) rememberBatch(person.id, batchId);
  }, [person.id, batchId]);
  if (shown === undefined) return <NoBatch onPick={toBatches} />;
  return (
    <ExecutionScreen
      key={shown}
      batchId={shown}
      person={person}
      status={status}
      onPick={toBatches}
      onReview={() => void navigate({ to: "/reviews/$batchId", params: { batchId: shown } })}
    />
  );
}
