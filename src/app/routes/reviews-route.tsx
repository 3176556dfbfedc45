import { useNavigate } from "@tanstack/react-router";
import { BatchHistory } from "../../features/execution/components/batch-history";
import { ReviewScreen } from "../../features/reviews/components/review-screen";
import { ReviewsScreen } from "../../features/reviews/components/reviews-screen";
import { useStation } from "../station-context";

export function ReviewsRoute() {
  const { status } = useStation();
  const navigate = useNavigate();
  return (
    <ReviewsScreen
      isOffline={status.connection.type === "offline"}
      onOpen={(batchId) => void navigate({ to: "/reviews/$batchId", params: { batchId } })}
    />
  );
}

export function ReviewRoute({ batchId }: { batchId: string }) {
  const { person, status } = useStation();
  const navigate = useNavigate();
  const isOffline = status.connection.type === "offline";
  return (
    <ReviewScreen
      key={batchId}
      batchId={batchId}
      person={person}
      isOffline={isOffline}
      ways={{
        onBack: () => void navigate({ to: "/reviews" }),
        onOpenRecord: () => void navigate({ to: "/batches/$batchId", params: { batchId } }),
        onOpenConflicts: () => void navigate({ to: "/conflicts" }),
        onOpenDeviation: (deviationId) => void navigate({ to: "/deviations/$deviationId", params: { deviationId } }),
      }}
      trail={<BatchHistory batchId={batchId} isOffline={isOffline} />}
    />
  );
}
