// The steps of one story, in order: what comes after a failed step fails at once and says why.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";

// `onScreen` gives the station, for a picture of what the person saw when a step failed.
export function startStory(onScreen) {
  let failed = null;
  return (title, run) =>
    test(title, async () => {
      if (failed) throw new Error(`not tried: "${failed}" failed before`);
      try {
        await run();
      } catch (error) {
        failed = title;
        const picture = await onScreen()?.picture();
        if (picture) {
          const file = path.join(os.tmpdir(), "viruj-e2e-failed.png");
          fs.writeFileSync(file, picture, "base64");
          error.message += `\npicture: ${file}`;
        }
        throw error;
      }
    });
}
