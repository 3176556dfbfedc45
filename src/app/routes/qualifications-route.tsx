import { QualificationsScreen } from "../../features/qualifications/components/qualifications-screen";
import { useStation } from "../station-context";

export function QualificationsRoute() {
  const { status } = useStation();
  return <QualificationsScreen isOffline={status.connection.type === "offline"} />;
}
