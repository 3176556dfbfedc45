import { useQuery } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

export function useRoleMatrix() {
  return useQuery({ queryKey: keys.roleMatrix, queryFn: () => call(commands.roleMatrix()), retry: false });
}
