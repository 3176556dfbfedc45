// A screen of its own. Xvfb picks the number, so runs side by side do not meet.
import path from "node:path";
import { environment } from "../../scripts/lib/paths.mjs";
import { ask } from "../../scripts/lib/run.mjs";
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

// What a desktop has and the bare screen has not: title bars, and a button that asks a window to close.
export async function startWindowManager(desk) {
  const openbox = new TiedProcess("openbox", ["--sm-disable"], {
    env: desk.env,
    log: path.join(desk.logs, "openbox.log"),
  });
  const env = environment(desk.env);
  // Left, right, top, bottom.
  const frameOf = (window) => {
    const answer = ask("xprop", ["-id", window, "_NET_FRAME_EXTENTS"], { env });
    return (/= ([\d, ]+)/.exec(answer.output)?.[1] ?? "").split(", ").map(Number);
  };
  return {
    hasDecorated: (window) => {
      openbox.assertRunning();
      return frameOf(window)[2] > 0;
    },
    // The close button is the last of the title bar, which is as high as it is wide.
    pressClose: (window) => {
      const [, , top] = frameOf(window);
      const at = ask("xwininfo", ["-id", window], { env }).output;
      const [left, upper, width] = ["Absolute upper-left X", "Absolute upper-left Y", "Width"].map((name) =>
        Number(new RegExp(`${name}: +(-?\\d+)`).exec(at)?.[1]),
      );
      const place = [left + width - top / 2, upper - top / 2].map((value) => String(Math.round(value)));
      const answer = ask("xdotool", ["mousemove", ...place, "click", "1"], { env });
      if (!answer.ok) throw new Error(`the close button could not be pressed: ${answer.error}`);
    },
    stop: () => openbox.end(),
  };
}
