// docs/validation/traceability.md: requirement → test → result, read from the names of the tests.
// Nothing in it depends on the day or the machine, so writing it again changes nothing.
import fs from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

const FILE = path.join(root, "docs/validation/traceability.md");

// In the order of the table: how the name of a Rust test begins, and the id that this means.
const FAMILIES = [
  {
    family: "P11",
    name: /^p11_(\d+[a-z]?\d*)(?:_(\d))?_/,
    id: (section, part) => (part ? `${section}-${part}` : section),
  },
  { family: "A11", name: /^a11_(\d+(?:_\d+)*)_/, id: (section) => section.replaceAll("_", ".") },
  { family: "PI041", name: /^pi041_([a-z]+)_/, id: (letters) => letters.toUpperCase() },
  { family: "ALCOA", name: /^alcoa_([a-z])_/, id: (letter) => letter.toUpperCase() },
  { family: "S88", name: /^s88_(\d+)_/, id: (number) => number },
  { family: "SoD", name: /^sod_/, id: () => "" },
  { family: "TIME", name: /^gmp_time_/, id: () => "" },
  { family: "SEC", name: /^sec_(\d+)_/, id: (number) => String(Number(number)) },
  { family: "HARD", name: /^hard_case_(\d+)_/, id: (number) => String(Number(number)) },
  { family: "INV", name: /^inv_/, id: () => "" },
];

// Elsewhere a title carries the ids themselves, for example `[SEC-35]`.
const TITLE = new RegExp(`\\[((?:${FAMILIES.map(({ family }) => family).join("|")})(?:-[\\w.-]+)?)\\]`, "g");

export function requirementsOf(name) {
  const own = name.split("::").at(-1);
  for (const { family, name: pattern, id } of FAMILIES) {
    const found = pattern.exec(own);
    if (found) return [[family, id(...found.slice(1))].filter(Boolean).join("-")];
  }
  return [...name.matchAll(TITLE)].map((found) => found[1]);
}

const rank = (requirement) => FAMILIES.findIndex(({ family }) => requirement.split("-")[0] === family);

export function traceability(rows) {
  const natural = new Intl.Collator("en", { numeric: true }).compare;
  const table = rows
    .flatMap((row) => requirementsOf(row.name).map((requirement) => ({ ...row, requirement })))
    .sort(
      (a, b) =>
        rank(a.requirement) - rank(b.requirement) ||
        natural(a.requirement, b.requirement) ||
        natural(a.group, b.group) ||
        natural(a.name, b.name),
    )
    .map(
      ({ requirement, group, name, passed }) =>
        `| ${requirement} | \`${group}\`: ${name.replaceAll("|", "\\|")} | ${passed ? "passed" : "failed"} |`,
    );
  return [
    "# Requirement, test, result",
    "",
    "Written by `npm test` from the names of the tests; do not edit.",
    "A Rust test belongs here when its name begins with an id, as in `p11_10e_`, `a11_4_8_`, `pi041_at_`, `sec_33_`, `hard_case_07_` or `inv_`.",
    "Any other test does when its title carries one in brackets, as in `[SEC-35]`.",
    "",
    "| requirement | test | result |",
    "|---|---|---|",
    ...new Set(table),
    "",
  ].join("\n");
}

export function writeTraceability(rows) {
  fs.mkdirSync(path.dirname(FILE), { recursive: true });
  fs.writeFileSync(FILE, traceability(rows));
}
