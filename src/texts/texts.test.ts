import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "./en.json";
import hi from "./hi.json";
import te from "./te.json";

type Texts = { [key: string]: string | Texts };

function flat(texts: Texts, before = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "string") found.set(before + key, value);
    else for (const [inner, text] of flat(value, `${before}${key}.`)) found.set(inner, text);
  }
  return found;
}

const english = flat(en);
const variables = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
const source = join(import.meta.dirname, "..");
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/testing|\.test\./.test(name))
  .map((name) => readFileSync(join(source, name), "utf8"));

describe.each([
  ["hi", flat(hi), /[\u0900-\u097F]/],
  ["te", flat(te), /[\u0C00-\u0C7F]/],
])("the %s texts", (_language, texts, script) => {
  it("have every key of the English ones and no other", () => {
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("name the same values", () => {
    const differing = [...english].filter(
      ([key, text]) => variables(text).join() !== variables(texts.get(key) ?? "").join(),
    );
    expect(differing).toEqual([]);
  });

  it("are written in their own script", () => {
    const foreign = [...texts].filter(([key, text]) => {
      const hasWords = /[A-Za-z]{2}/.test((english.get(key) ?? "").replace(/\{\{\w+\}\}/g, ""));
      return hasWords && !script.test(text);
    });
    expect(foreign.map(([key]) => key)).toEqual(["common.productName", "lists.columns.grn_code"]);
  });
});

it("every literal key that the screens use exists", () => {
  const used = files.flatMap((text) => [...text.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((match) => match[1] ?? ""));
  expect(used.length).toBeGreaterThan(150);
  const missing = used.filter(
    (key) => !english.has(key) && !(english.has(`${key}_one`) && english.has(`${key}_other`)),
  );
  expect(missing).toEqual([]);
});

it("no text stands in the files that no screen can show", () => {
  const byCode =
    /^(problems|errors|waits|blocked|starting\.steps|roles|departments|capabilities|accountState|apiKeyState|master(Status|Steps|Sentences|Parts|Fields|Faults)|lot(Status|Decisions|Sentences)|equipment(State|Acts|Sentences|Log)|cleanliness|qualificationState|unfit|phaseKinds|acceptedFiles|roundings|changeKinds|menu\.(sections|labels)|lists\.(columns|statuses|titles|empty)|batch(Status|Steps|Sentences|Events)|lease(Places|Sentences)|deviationCause|obstacles|severity|disposition|effectiveness|exceptionKinds|conflictCauses|sessionEvents|queryStatus|testConclusions|releaseBlockers|review(Steps|Sentences)|deviation(Status|Steps|Sentences)|capa(Status|Steps|Sentences)|signature\.meanings|phaseState|written|audit\.(actions|entities)|backups\.causes|rolloutState|ring|releaseStops)\.|^number\.(within|below|above)$/;
  const everything = files.join("\n");
  const idle = [...english.keys()].filter(
    (key) => !byCode.test(key) && !everything.includes(`"${key.replace(/_(one|other)$/, "")}"`),
  );
  expect(idle).toEqual([]);
});
