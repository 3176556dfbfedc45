// One JSON object a line for each test of `node --test`; suites are only their parts.
import path from "node:path";
import { root } from "./paths.mjs";

export default async function* report(source) {
  for await (const { type, data } of source) {
    if ((type !== "test:pass" && type !== "test:fail") || data.details?.type === "suite") continue;
    const file = data.file ? path.relative(root, data.file) : undefined;
    const passed = type === "test:pass" && !data.skip && !data.todo;
    yield `${JSON.stringify({ name: data.name, file, passed })}\n`;
  }
}
