import type { Stage } from "../bridge/bindings";
import { installFakeStation } from "./fake-bridge";
import { administrator, author, batchItems, metforminBatch, operator, readyStatus, stationSettings } from "./fake-data";
import { failure } from "./fake-station";

/**
 * The screens in front of a fake station, for looking at them with `npm run ui:dev`:
 * `/src/testing/preview.html?stage=ready&person=operator&language=te&theme=dark&offline#/batches`.
 */
const asked = new URLSearchParams(location.search);
const given = (name: string, otherwise: string) => asked.get(name) ?? otherwise;

const stages: Record<string, Stage> = {
  ready: { type: "ready" },
  first_start: { type: "first_start" },
  not_registered: { type: "not_registered" },
  starting: { type: "starting", step: given("step", "starting_database") },
  problem: {
    type: "problem",
    error: { ...failure(given("code", "keychain_locked")), detail: "NoStorageAccess: the collection is locked" },
  },
};
const people = {
  operator,
  administrator,
  author,
  newcomer: { ...operator, mustChangePassword: true },
  nobody: null,
};
const completed = Number(given("completed", "3"));
const batch = metforminBatch(completed);
const running = batch.phases[completed];
if (asked.has("running") && running?.task.type === "timer") {
  running.task.startedAt = new Date(Date.now() - Number(given("running", "0")) * 1000).toISOString();
  running.status = "In Progress";
}

installFakeStation({
  status: {
    ...readyStatus,
    stage: stages[given("stage", "ready")] ?? readyStatus.stage,
    ...(asked.has("offline") && {
      connection: { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" },
      unsent: 12,
    }),
  },
  person: people[given("person", "operator") as keyof typeof people],
  settings: {
    ...stationSettings,
    language: given("language", "en"),
    theme: given("theme", "light") as "light",
    density: given("density", "comfortable") as "comfortable",
  },
  batch,
  items: batchItems(Number(given("batches", "40"))),
  isListLoading: asked.has("loading"),
  isIdentified: !asked.has("unidentified"),
  failures: asked.has("hang")
    ? { [given("hang", "")]: null }
    : asked.has("fail")
      ? { [given("fail", "")]: failure(given("code", "server_unreachable")) }
      : {},
});
await import("../main");
