// docs/validation/matrix.md: requirement → test → result, read from the names of the tests.
// Nothing in it depends on the day or the machine, so writing it again changes nothing.
import fs from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

const FILE = path.join(root, "docs/validation/matrix.md");

// In the order of the table. In Rust the name begins with the mark, elsewhere a title carries it in brackets.
const KINDS = [
  {
    name: /^p11_(\d+)([a-z]?)_/,
    title: /\[P11-(\d+)([a-z]?)\]/,
    id: (section, letter) => `21 CFR 11.${section}${letter ? `(${letter})` : ""}`,
  },
  {
    name: /^a11_(\d+(?:_\d+)*)_/,
    title: /\[A11-(\d+(?:[._]\d+)*)\]/,
    id: (section) => `EU Annex 11, ${section.replaceAll("_", ".")}`,
  },
  { name: /^sec_(\d+)_/, title: /\[SEC-(\d+)\]/, id: (number) => `Security check ${number}` },
  { name: /^inv_/, title: /\[INV\]/, id: () => "Invariant of the design" },
];

export function requirementOf(name) {
  const own = name.split("::").at(-1);
  for (const [rank, kind] of KINDS.entries()) {
    const found = kind.name.exec(own) ?? kind.title.exec(name);
    if (found) return { rank, id: kind.id(...found.slice(1)) };
  }
  return null;
}

export function matrix(rows) {
  const natural = new Intl.Collator("en", { numeric: true }).compare;
  const table = rows
    .map((row) => ({ ...row, requirement: requirementOf(row.name) }))
    .filter((row) => row.requirement)
    .sort(
      (a, b) =>
        a.requirement.rank - b.requirement.rank ||
        natural(a.requirement.id, b.requirement.id) ||
        natural(a.group, b.group) ||
        natural(a.name, b.name),
    )
    .map(
      (row) =>
        `| ${row.requirement.id} | \`${row.group}\`: ${row.name.replaceAll("|", "\\|")} | ${row.passed ? "passed" : "failed"} |`,
    );
  return [
    "# Requirement, test, result",
    "",
    "Written by `npm test` from the names of the tests; do not edit.",
    "A test belongs here when its name begins with `p11_10e_`, `a11_4_8_`, `sec_33_` or `inv_`, or when its title says `[P11-10e]`, `[A11-4.8]`, `[SEC-33]` or `[INV]`.",
    "",
    "| requirement | test | result |",
    "|---|---|---|",
    ...new Set(table),
    "",
  ].join("\n");
}

export function writeMatrix(rows) {
  fs.mkdirSync(path.dirname(FILE), { recursive: true });
  fs.writeFileSync(FILE, matrix(rows));
}
