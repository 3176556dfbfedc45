// The record of the long runs: what each part met when it was run last, at which commit. A part that is not run keeps its
// record, so that the run can be cut into nights.
const HEAD = [
  "# The last long run",
  "",
  "Written by `npm run test:long`; do not edit.",
  "Each part stands with the commit and the day of its last run.",
  "",
  "| part | commit | day | minutes | passed | failed |",
  "|---|---|---|---|---|---|",
];

export function longRun(before, ran, { commit, day }) {
  const parts = read(before);
  for (const { name, result, minutes } of ran) {
    const figures = `${minutes.toFixed(1)} | ${result.passed} | ${result.failed}`;
    const told = (result.told ?? []).map(({ test, line }) => `\`${test}\`: ${line}.  `);
    const failed = result.rows.filter((row) => !row.passed).map((row) => `Failed: \`${row.group}\`: ${row.name}.  `);
    parts.set(name, { row: `| ${name} | ${commit} | ${day} | ${figures} |`, words: [...told, ...failed] });
  }
  const words = [...parts].filter(([, part]) => part.words.length > 0);
  return [
    ...HEAD,
    ...[...parts.values()].map((part) => part.row),
    ...words.flatMap(([name, part]) => ["", `## ${name}`, "", ...part.words]),
    "",
  ].join("\n");
}

function read(text) {
  const parts = new Map();
  let current;
  for (const line of text.split("\n")) {
    const row = /^\| ([\w -]+?) \| \w+\*? \| [\d-]+ \|/.exec(line);
    const heading = /^## (.+)$/.exec(line);
    if (row) parts.set(row[1], { row: line, words: [] });
    if (heading) current = parts.get(heading[1]);
    else if (current && line.trim() !== "") current.words.push(line);
  }
  return parts;
}
