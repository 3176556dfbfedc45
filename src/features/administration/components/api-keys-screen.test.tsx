import { expect, it } from "vitest";
import { administrator, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, byOption, isShown, renderApp } from "../../../testing/render-app";

const asAdministrator = { person: administrator };
const row = (number: number) => `api-key-row-0193fe00-0000-7000-8000-00000000000${number}`;
const sent = (station: { calls: { command: string; args: Record<string, unknown> }[] }, command: string) =>
  station.calls.filter((call) => call.command === command).map(({ args }) => args);

it("[SEC-14] lists keys with their plants, scopes, end, last use and state, and filters by state", async () => {
  const { user, station } = renderApp(asAdministrator, "#/api-keys");
  expect(await byId(row(1))).toHaveTextContent("Yield reportAdmin UserRead plantsHyderabad PlantActive30 Dec 2026");
  expect(await byId(row(2))).toHaveTextContent("Ends soon30 Nov 2026never");
  await user.click(await byId("api-keys-state"));
  await user.click(await byOption("api-keys-state", "Ended"));
  await byId("api-keys-no-match");
  expect(sent(station, "list_api_keys").at(-1)?.query).toMatchObject({ state: "expired" });
  await user.click(await byId("api-keys-clear"));
  expect(await byId(row(1))).toBeVisible();
});

it("[SEC-14] makes a key and shows its text once, with no way to the clipboard", async () => {
  const { user, station } = renderApp(asAdministrator, "#/api-keys");
  await user.click(await byId("api-keys-new"));
  await user.click(await byId("api-key-save"));
  expect(await byId("new-api-key")).toHaveTextContent("Choose at least one plant.");
  expect(sent(station, "create_api_key")).toEqual([]);
  await user.type(await byId("api-key-name"), "Stock report");
  await user.click(await byId("api-key-scope-plant.read"));
  await user.click(await byId("api-key-plants"));
  await user.click(await byOption("api-key-plants", "Dublin Plant"));
  await user.click(await byId("api-key-days"));
  await user.click(await byOption("api-key-days", "30 days"));
  await user.click(await byId("api-key-save"));
  const secret = await byId("api-key-secret");
  expect(secret).toHaveTextContent(/^vk_[0-9a-f]{32}_[a-z2-9]{52}$/);
  expect(secret).toHaveAttribute("data-selectable");
  expect(await byId("shown-api-key")).not.toHaveTextContent(/copy/i);
  const [{ key }] = sent(station, "create_api_key") as [{ key: object }];
  expect(key).toMatchObject({ name: "Stock report", scopes: ["plant.read"], plantIds: ["plant-b"], validDays: 30 });
  await user.keyboard("{Escape}");
  expect(isShown("api-key-secret")).toBe(true);
  const text = secret.textContent ?? "";
  await user.click(await byId("api-key-done"));
  expect(await byId(row(4))).toHaveTextContent("Stock report");
  expect(document.body).not.toHaveTextContent(text);
});

it("takes the one plant that there is, and sends the same form under the same key", async () => {
  const { user, station } = renderApp(
    { ...asAdministrator, failures: { create_api_key: failure("server_unreachable") } },
    "#/api-keys",
  );
  station.apiKeys.plants = station.apiKeys.plants.slice(0, 1);
  await user.click(await byId("api-keys-new"));
  await user.type(await byId("api-key-name"), "Stock report");
  await user.click(await byId("api-key-scope-audit.read"));
  await user.click(await byId("api-key-save"));
  await byId("api-key-error");
  await user.click(await byId("api-key-save"));
  await expect.poll(() => sent(station, "create_api_key").length).toBe(2);
  const keys = sent(station, "create_api_key").map(({ key }) => key as { requestKey: string; plantIds: string[] });
  expect(keys.map(({ plantIds }) => plantIds)).toEqual([["plant-a"], ["plant-a"]]);
  expect(keys[0]?.requestKey).toBe(keys[1]?.requestKey);
});

it("says what to do when the answer with the text was lost", async () => {
  const { user, station } = renderApp(asAdministrator, "#/api-keys");
  station.apiKeys.isAnswerLost = true;
  station.apiKeys.plants = station.apiKeys.plants.slice(0, 1);
  await user.click(await byId("api-keys-new"));
  await user.type(await byId("api-key-name"), "Stock report");
  await user.click(await byId("api-key-scope-audit.read"));
  await user.click(await byId("api-key-save"));
  expect(await byId("api-key-lost")).toHaveTextContent("Revoke this key and make another one.");
  expect(isShown("api-key-secret")).toBe(false);
});

it("[PI041-AT] revokes with a reason and says who did it and why it was done for them", async () => {
  const { user, station } = renderApp(asAdministrator, "#/api-keys");
  await user.click(await byId(row(2)));
  await byId("api-key-soon");
  await user.click(await byId("api-key-revoke"));
  await user.click(await byId("api-key-end"));
  expect(await byId("api-key-revoking")).toHaveTextContent("the change needs a reason");
  expect(sent(station, "revoke_api_key")).toEqual([]);
  await user.type(await byId("change-reason"), "the scale was sold");
  await user.click(await byId("api-key-end"));
  expect(await byId("api-key-revoked")).toHaveTextContent("by Admin User");
  expect(isShown("api-key-revoke")).toBe(false);
  expect(sent(station, "revoke_api_key")).toMatchObject([{ end: { reason: "the scale was sold" } }]);
  await user.click(await byId("api-key-sheet-close"));
  await user.click(await byId(row(3)));
  expect(await byId("api-key-revoked")).toHaveTextContent("Whoever made the key was deactivated.");
});

it("is honest while there is no key, no answer or no server", async () => {
  const { station } = renderApp(asAdministrator, "#/api-keys");
  await byId(row(1));
  station.apiKeys.keys = [];
  station.emit(["api_keys"]);
  expect(await byId("api-keys-empty")).toHaveTextContent("New key");
});

it.each([
  ["server_unreachable", "Administration needs the server"],
  ["not_authorised", "The keys cannot be shown"],
])("says why nothing is shown: %s", async (code, words) => {
  const isOffline = code === "server_unreachable";
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  const status = isOffline ? { ...readyStatus, connection } : readyStatus;
  renderApp({ ...asAdministrator, status, failures: { list_api_keys: failure(code) } }, "#/api-keys");
  expect(await byId("api-keys-failed")).toHaveTextContent(words);
});
