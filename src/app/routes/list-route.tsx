import type { ListName } from "../../bridge/bindings";
import { ListScreen } from "../../features/lists/components/list-screen";
import { useStation } from "../station-context";
import { MissingScreen } from "./missing-screen";

const names: ListName[] = ["gate_entries", "goods_receipts", "quality_samples", "quality_tests", "materials"];

export function ListRoute({ list }: { list: ListName }) {
  const { status } = useStation();
  if (!names.includes(list)) return <MissingScreen />;
  return <ListScreen list={list} isOffline={status.connection.type === "offline"} />;
}
