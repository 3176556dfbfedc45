import type { ListName } from "../../../bridge/bindings";
export function ListScreen(_: { list: ListName; isOffline: boolean }) {
  return null;
}
