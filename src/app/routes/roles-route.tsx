import { RolesScreen } from "../../features/administration/components/roles-screen";
import { useStation } from "../station-context";

export function RolesRoute() {
  const { status } = useStation();
  return <RolesScreen isOffline={status.connection.type === "offline"} />;
}
