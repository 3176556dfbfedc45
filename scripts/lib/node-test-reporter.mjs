// One JSON object a line for each test of `node --test`; suites are only their parts.
import path from "node:path";
import { root } from "./paths.mjs";

export default async function* report(source) {
  for await (const { type, data } of source) {
    if ((type !== "test:pass" && type !== "test:fail") || data.details?.type === "suite") continue;
    // A step of a story is declared in the stories' own file, which says nothing; its group then names the story.
    const file = data.file?.endsWith(".test.mjs") ? path.relative(root, data.file) : undefined;
    const passed = type === "test:pass" && !data.skip && !data.todo;
    const error = data.details?.error;
    const why = passed ? undefined : (error?.cause?.message ?? error?.message);
    yield `${JSON.stringify({ name: data.name, file, passed, why })}\n`;
  }
}
