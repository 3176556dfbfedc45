import { useMutation } from "@tanstack/react-query";
import { commands } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

export function useRequestPasswordReset() {
  return useMutation({ mutationFn: (email: string) => call(commands.requestPasswordReset(email)) });
}

type Redeemed = { email: string; code: string; chosen: string };

export function useRedeemPasswordReset() {
  return useMutation({
    mutationFn: ({ email, code, chosen }: Redeemed) => call(commands.redeemPasswordReset(email, code, chosen)),
    gcTime: 0,
  });
}
