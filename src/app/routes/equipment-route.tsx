import { EquipmentScreen } from "../../features/equipment/components/equipment-screen";
import { useStation } from "../station-context";

export function EquipmentRoute() {
  const { status } = useStation();
  return <EquipmentScreen isOffline={status.connection.type === "offline"} />;
}
