// A screen of its own. Xvfb picks the number, so runs side by side do not meet.
import path from "node:path";
import { waitUntil } from "../../scripts/lib/wait.mjs";
import { TiedProcess } from "./processes.mjs";

export const LARGEST = { width: 1920, height: 1080 };

export async function startDisplay(desk) {
  const size = `${LARGEST.width}x${LARGEST.height}x24`;
  const args = ["-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp", "-noreset"];
  const xvfb = new TiedProcess("Xvfb", args, { env: desk.env, log: path.join(desk.logs, "xvfb.log") });
  const number = await waitUntil("Xvfb to say its number", () => {
    xvfb.assertRunning();
    return /^(\d+)\n/.exec(xvfb.told)?.[1];
  });
  desk.env.DISPLAY = `:${number}`;
  return { stop: () => xvfb.end() };
}
