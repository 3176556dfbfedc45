import { useNavigate } from "@tanstack/react-router";
import { BatchesScreen } from "../../features/batches/components/batches-screen";
import { useBatchAhead } from "../../features/execution/api/open-batch";
import { useStation } from "../station-context";

export function BatchesRoute() {
  const { person, status } = useStation();
  const navigate = useNavigate();
  const ahead = useBatchAhead();
  return (
    <BatchesScreen
      key={person.id}
      startsWithMine={person.canExecute && !person.canPlanBatches}
      mayMake={person.canPlanBatches}
      isOffline={status.connection.type === "offline"}
      onOpen={(batchId) => void ahead(batchId).then(() => navigate({ to: "/batches/$batchId", params: { batchId } }))}
    />
  );
}
