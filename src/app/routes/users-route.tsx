import { UsersScreen } from "../../features/administration/components/users-screen";
import { useStation } from "../station-context";

export function UsersRoute() {
  const { status } = useStation();
  return <UsersScreen isOffline={status.connection.type === "offline"} />;
}
