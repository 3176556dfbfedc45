import { BackupsScreen } from "../../features/backups/components/backups-screen";
import { useStation } from "../station-context";

export function BackupsRoute() {
  const { status } = useStation();
  return <BackupsScreen isOffline={status.connection.type === "offline"} source={status.source} />;
}
