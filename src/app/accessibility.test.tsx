import { expect, it } from "vitest";
import { violations } from "../testing/axe";
import { administrator, metforminBatch, operator, readyStatus } from "../testing/fake-data";
import type { FakeState } from "../testing/fake-station";
import { failure } from "../testing/fake-station";
import { byId, renderApp } from "../testing/render-app";

const stage = (of: FakeState["status"]["stage"]) => ({ status: { ...readyStatus, stage: of } });
const offline = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;

const pages: [string, Partial<FakeState>, string, string][] = [
  ["first start", stage({ type: "first_start" }), "", "first-start"],
  ["starting", stage({ type: "starting", step: "migrating" }), "", "starting-step"],
  ["problem", stage({ type: "problem", error: { ...failure("keychain_locked"), detail: "x" } }), "", "problem"],
  ["registration", { ...stage({ type: "not_registered" }), person: administrator }, "", "registration-plants"],
  ["sign-in", { person: null }, "", "sign-in"],
  ["batches", {}, "#/batches", "batch-row-MET-26-0142"],
  ["no batches", { items: [] }, "#/batches", "batches-none-mine"],
  ["number", {}, "#/batches/batch-1", "keypad"],
  ["charge", { batch: metforminBatch(1) }, "#/batches/batch-1", "charge-lot"],
  ["timer", { batch: metforminBatch(4) }, "#/batches/batch-1", "timer-figures"],
  ["sample", { batch: metforminBatch(6) }, "#/batches/batch-1", "sample-container"],
  [
    "signature offline",
    { batch: { ...metforminBatch(5), signingNeedsServer: true }, status: { ...readyStatus, connection: offline } },
    "#/batches/batch-1",
    "phase-obstacle",
  ],
  ["completed batch", { batch: metforminBatch(10) }, "#/batches/batch-1", "batch-all-done"],
  ["no batch", {}, "#/execution", "no-batch"],
  ["list", {}, "#/lists/materials", "list-row-m-0"],
  ["users", { person: administrator }, "#/users", "user-row-admin@pharma.com"],
  ["roles", { person: administrator }, "#/roles", "role-row-system-admin"],
  ["plants", { person: administrator }, "#/plants", "plant-card-plant-a"],
  ["audit trail", { person: administrator }, "#/audit-trail", "audit-row-plant-a-12"],
  ["API keys", { person: administrator }, "#/api-keys", "api-key-table"],
  ["backups", { person: administrator }, "#/backups", "backup-table"],
  ["releases", { person: administrator }, "#/releases", "release-table"],
  ["settings", {}, "#/settings", "settings-version"],
  ["profile", {}, "#/profile", "session-here"],
  ["forced change", { person: { ...operator, mustChangePassword: true } }, "", "forced-change"],
];

it.each(pages)("axe finds nothing wrong: %s", async (_name, state, address, ready) => {
  renderApp(state, address);
  await byId(ready);
  expect(await violations()).toEqual([]);
});

it("axe finds nothing wrong: plant form", async () => {
  const { user } = renderApp(stage({ type: "first_start" }));
  await user.click(await byId("first-start-plant"));
  await user.click(await byId("plant-submit"));
  expect(await violations()).toEqual([]);
});

it("axe finds nothing wrong: one account, its form, and a new one", async () => {
  const { user } = renderApp({ person: administrator }, "#/users");
  await user.click(await byId("user-row-priya.sharma@pharma.com"));
  await byId("user-sessions");
  expect(await violations()).toEqual([]);
  await user.click(await byId("user-change"));
  await user.click(await byId("user-save"));
  await byId("change-user");
  expect(await violations()).toEqual([]);
  await user.click(await byId("user-cancel"));
  await user.click(await byId("user-sheet-close"));
  await user.click(await byId("users-new"));
  await user.click(await byId("user-save"));
  expect(await violations()).toEqual([]);
});

it("axe finds nothing wrong: one API key, its end, and a new one", async () => {
  const { user } = renderApp({ person: administrator }, "#/api-keys");
  await user.click(await byId("api-key-row-0193fe00-0000-7000-8000-000000000002"));
  await byId("api-key-facts");
  expect(await violations()).toEqual([]);
  await user.click(await byId("api-key-revoke"));
  await user.click(await byId("api-key-end"));
  expect(await violations()).toEqual([]);
  await user.click(await byId("api-key-cancel"));
  await user.click(await byId("api-key-sheet-close"));
  await user.click(await byId("api-keys-new"));
  await user.click(await byId("api-key-save"));
  expect(await violations()).toEqual([]);
});

it("axe finds nothing wrong: decision", async () => {
  const { user } = renderApp({}, "#/batches/batch-1");
  await user.type(await byId("number-input"), "141{Enter}");
  await byId("decision");
  expect(await violations()).toEqual([]);
});

it("axe finds nothing wrong: signature sheet", async () => {
  const { user } = renderApp({ batch: metforminBatch(5), isIdentified: false }, "#/batches/batch-1");
  await user.type(await byId("number-input"), "1.85{Enter}");
  await byId("signature-email");
  expect(await violations()).toEqual([]);
});

it("axe finds nothing wrong: person menu and what waits", async () => {
  const { user } = renderApp({ status: { ...readyStatus, connection: offline } }, "#/batches");
  await user.click(await byId("person-menu"));
  await byId("sign-out");
  expect(await violations()).toEqual([]);
  await user.keyboard("{Escape}");
  await user.click(await byId("connection-status"));
  await byId("unsent-empty");
  expect(await violations()).toEqual([]);
});
