import { PlantsScreen } from "../../features/administration/components/plants-screen";
import { useStation } from "../station-context";

export function PlantsRoute() {
  const { status } = useStation();
  return <PlantsScreen isOffline={status.connection.type === "offline"} />;
}
