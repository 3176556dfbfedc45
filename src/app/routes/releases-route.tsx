import { ReleasesScreen } from "../../features/releases/components/releases-screen";
import { useStation } from "../station-context";

export function ReleasesRoute() {
  const { status } = useStation();
  return <ReleasesScreen isOffline={status.connection.type === "offline"} />;
}
