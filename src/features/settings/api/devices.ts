import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands, type StationDevice } from "../../../bridge/bindings";
import { call } from "../../../bridge/call";
import { keys } from "../../../bridge/keys";

/** The whole list is kept or nothing of it. */
export function useSaveDevices() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (devices: StationDevice[]) => call(commands.saveDevices(devices)),
    onSuccess: (devices) => client.setQueryData(keys.devices, devices),
    gcTime: 0,
  });
}

/** Asks a device for its serial number and what lies on it; nothing is kept. */
export function useTryDevice() {
  return useMutation({ mutationFn: (device: StationDevice) => call(commands.tryDevice(device)), gcTime: 0 });
}
