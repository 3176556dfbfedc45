import type { QueryKey } from "../bridge/bindings";
import { type FakeState, FakeStation, fakeState } from "./fake-station";

type Callback = (payload: unknown) => void;

/** Puts a fake station where Tauri's bridge is, so that the real bindings run in front of it. */
export function installFakeStation(change: Partial<FakeState> = {}): FakeStation {
  const station = new FakeStation(fakeState(change));
  const callbacks = new Map<number, Callback>();
  const listeners = new Map<number, Callback>();
  let last = 0;

  station.emit = (queries: QueryKey[]) => {
    for (const listener of listeners.values()) listener({ event: "stale-queries", id: 0, payload: { queries } });
  };
  Object.assign(window, {
    __TAURI_INTERNALS__: {
      transformCallback(callback: Callback) {
        last += 1;
        callbacks.set(last, callback);
        return last;
      },
      async invoke(command: string, args: Record<string, unknown> = {}) {
        if (command === "plugin:event|listen") {
          const handler = callbacks.get(args.handler as number);
          if (handler) listeners.set(args.handler as number, handler);
          return args.handler;
        }
        if (command === "plugin:event|unlisten") {
          listeners.delete(args.eventId as number);
          return null;
        }
        return station.answer(command, args);
      },
    },
    __TAURI_EVENT_PLUGIN_INTERNALS__: { unregisterListener: () => undefined },
  });
  return station;
}
