import { useMutation } from "@tanstack/react-query";
import { commands, type ReadDevice } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";

/** Waits until the device has come to rest; nothing is recorded by it. */
export function useReadDevice() {
  return useMutation({ mutationFn: (input: ReadDevice) => call(commands.readDevice(input)), gcTime: 0 });
}
