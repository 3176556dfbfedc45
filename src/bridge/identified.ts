import { useQueryClient } from "@tanstack/react-query";
import { keys } from "./keys";

/** The first signature after signing in needs email and password (21 CFR 11.200); the server has the last word. */
export function useIdentified(personId: string) {
  const client = useQueryClient();
  return {
    isIdentified: client.getQueryData(keys.identified(personId)) === true,
    setIdentified: () => client.setQueryData(keys.identified(personId), true),
  };
}
