import { useNavigate } from "@tanstack/react-router";
import { CapaScreen } from "../../features/deviations/components/capa-screen";
import { CapasScreen } from "../../features/deviations/components/capas-screen";
import { DeviationScreen } from "../../features/deviations/components/deviation-screen";
import { DeviationsScreen } from "../../features/deviations/components/deviations-screen";
import { useStation } from "../station-context";

function useWays() {
  const navigate = useNavigate();
  return {
    toDeviations: () => void navigate({ to: "/deviations" }),
    toDeviation: (deviationId: string) => void navigate({ to: "/deviations/$deviationId", params: { deviationId } }),
    toCapas: () => void navigate({ to: "/capas" }),
    toCapa: (capaId: string) => void navigate({ to: "/capas/$capaId", params: { capaId } }),
    toBatch: (batchId: string) => void navigate({ to: "/batches/$batchId", params: { batchId } }),
  };
}

export function DeviationsRoute() {
  const { status } = useStation();
  return <DeviationsScreen isOffline={status.connection.type === "offline"} onOpen={useWays().toDeviation} />;
}

export function DeviationRoute({ deviationId }: { deviationId: string }) {
  const { person, status } = useStation();
  const { toDeviations, toCapa, toBatch } = useWays();
  return (
    <DeviationScreen
      key={deviationId}
      id={deviationId}
      person={person}
      isOffline={status.connection.type === "offline"}
      onBack={toDeviations}
      onOpenBatch={toBatch}
      onOpenCapa={toCapa}
    />
  );
}

export function CapasRoute() {
  const { status } = useStation();
  return <CapasScreen isOffline={status.connection.type === "offline"} onOpen={useWays().toCapa} />;
}

export function CapaRoute({ capaId }: { capaId: string }) {
  const { person, status } = useStation();
  const { toCapas, toDeviation } = useWays();
  return (
    <CapaScreen
      key={capaId}
      id={capaId}
      person={person}
      isOffline={status.connection.type === "offline"}
      onBack={toCapas}
      onOpenDeviation={toDeviation}
    />
  );
}
