import { useNavigate } from "@tanstack/react-router";
import { BatchesScreen } from "../../features/batches/components/batches-screen";
import { useStation } from "../station-context";

export function BatchesRoute() {
  const { person } = useStation();
  const navigate = useNavigate();
  return (
    <BatchesScreen
      key={person.id}
      startsWithMine={person.canExecute}
      onOpen={(batchId) => void navigate({ to: "/batches/$batchId", params: { batchId } })}
    />
  );
}
