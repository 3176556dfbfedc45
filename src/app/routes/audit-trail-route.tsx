import { AuditScreen } from "../../features/audit/components/audit-screen";
import { useStation } from "../station-context";

export function AuditTrailRoute() {
  const { person, status } = useStation();
  return <AuditScreen key={person.id} person={person} status={status} />;
}
