import { useNavigate } from "@tanstack/react-router";
import { BatchesScreen } from "../../features/batches/components/batches-screen";
import { useStation } from "../station-context";

export function BatchesRoute() {
  const { person, status } = useStation();
  const navigate = useNavigate();
  return (
    <BatchesScreen
      key={person.id}
      startsWithMine={person.canExecute && !person.canPlanBatches}
      mayMake={person.canPlanBatches}
      isOffline={status.connection.type === "offline"}
      onOpen={(batchId) => void navigate({ to: "/batches/$batchId", params: { batchId } })}
    />
  );
}
