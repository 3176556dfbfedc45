import { useNavigate } from "@tanstack/react-router";
import { ConflictsScreen } from "../../features/conflicts/components/conflicts-screen";
import { useStation } from "../station-context";

export function ConflictsRoute() {
  const { person, status } = useStation();
  const navigate = useNavigate();
  return (
    <ConflictsScreen
      person={person}
      isOffline={status.connection.type === "offline"}
      ways={{
        onOpenBatch: (batchId) => void navigate({ to: "/batches/$batchId", params: { batchId } }),
        onOpenDeviation: (deviationId) => void navigate({ to: "/deviations/$deviationId", params: { deviationId } }),
      }}
    />
  );
}
