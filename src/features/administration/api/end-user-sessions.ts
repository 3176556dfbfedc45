import { useMutation } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** Ends one session of a person, or every one with `null`. */
export function useEndUserSessions(userId: string) {
  return useMutation({
    mutationFn: (sessionId: string | null) => call(commands.endUserSessions(userId, sessionId)),
    gcTime: 0,
  });
}
