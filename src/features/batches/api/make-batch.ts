import { useMutation } from "@tanstack/react-query";
import { commands, type MakeBatch } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** The station says itself which lists it made stale. */
export function useMakeBatch() {
  return useMutation({ mutationFn: (batch: MakeBatch) => call(commands.makeBatch(batch)) });
}
