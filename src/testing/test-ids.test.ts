import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testIds } from "./test-ids";

const source = join(import.meta.dirname, "..");
const screens = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".tsx") && !/testing|\.test\./.test(name))
  .map((name) => readFileSync(join(source, name), "utf8"))
  .join("\n");
const documented = Object.keys(testIds);

it("documents every id that stands in a screen", () => {
  const used = [...screens.matchAll(/"data-testid"?=?"([a-z-]+)"|data-testid="([a-z-]+)"/g)].map(
    (match) => match[1] ?? match[2],
  );
  const missing = used.filter(
    (id) =>
      id !== undefined &&
      !documented.some((known) => known === id || (known.endsWith("*") && id.startsWith(known.slice(0, -1)))),
  );
  expect(used.length).toBeGreaterThan(120);
  expect(missing).toEqual([]);
});

it("documents no id that no screen has", () => {
  const stems = documented.map((id) => id.replace(/\*$/, ""));
  const made =
    /^(language|theme|density)-|^settings-(version|data-folder|settings-file|backup-folder)$|^plant-(people|stations|batches)$|^list-row-|^batch-row-|^scan-|^(lots|equipment|qualifications|reviews)-(new|more|loading|failed|no-match|clear|empty)$|^review-(accept|ask|answer)-$|^lot-field-(expires|manufactured|retest|supplier|supplier-lot)$/;
  expect(stems.filter((id) => !screens.includes(id) && !made.test(id))).toEqual([]);
});
