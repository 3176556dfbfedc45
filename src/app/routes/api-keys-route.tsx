import { ApiKeysScreen } from "../../features/administration/components/api-keys-screen";
import { useStation } from "../station-context";

export function ApiKeysRoute() {
  const { status } = useStation();
  return <ApiKeysScreen isOffline={status.connection.type === "offline"} />;
}
