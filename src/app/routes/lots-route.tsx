import { useNavigate } from "@tanstack/react-router";
import { LotsScreen } from "../../features/lots/components/lots-screen";
import { useStation } from "../station-context";

/** The address says which lot lies open. */
export function LotsRoute({ opened }: { opened: string | null }) {
  const navigate = useNavigate();
  const { status } = useStation();
  return (
    <LotsScreen
      isOffline={status.connection.type === "offline"}
      opened={opened}
      onOpened={(lot) => void navigate({ to: "/lots", search: lot === null ? {} : { lot }, replace: true })}
    />
  );
}
