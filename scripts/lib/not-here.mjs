// docs/validation/not-here.md lists what this kind of machine cannot do, with the command that showed it.
import fs from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

export function countNotHere(text = fs.readFileSync(path.join(root, "docs/validation/not-here.md"), "utf8")) {
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  // The heading and the rule below it.
  return Math.max(0, rows.length - 2);
}
