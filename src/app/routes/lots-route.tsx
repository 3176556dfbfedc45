import { LotsScreen } from "../../features/lots/components/lots-screen";
import { useStation } from "../station-context";

export function LotsRoute() {
  const { status } = useStation();
  return <LotsScreen isOffline={status.connection.type === "offline"} />;
}
