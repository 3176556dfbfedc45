import { useMutation, useQuery } from "@tanstack/react-query";
import { commands, type ReadDevice } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** The devices of this station. */
export function useDevices() {
  return useQuery({ queryKey: keys.devices, queryFn: () => call(commands.listDevices()), retry: false });
}

/** Waits until the device has come to rest; nothing is recorded by it. */
export function useReadDevice() {
  return useMutation({ mutationFn: (input: ReadDevice) => call(commands.readDevice(input)), gcTime: 0 });
}
