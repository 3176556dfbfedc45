import { commands } from "./bindings";
import { call } from "./call";

let isReported = false;

/** Tells the station once that a person can use the window, after the browser has drawn it. */
export function reportPainted(): void {
  if (isReported) return;
  isReported = true;
  requestAnimationFrame(() => setTimeout(() => void call(commands.reportPainted()).catch(() => undefined)));
}
