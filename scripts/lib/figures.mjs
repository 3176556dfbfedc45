// Figures as a benchmark prints them.
import { say } from "./report.mjs";

export function figure(name, value, unit, goal) {
  const digits = value >= 100 ? 0 : 2;
  say(`figure ${name} ${value.toFixed(digits)} ${unit}${goal ? ` goal ${goal.join(" ")}` : ""}`);
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}
