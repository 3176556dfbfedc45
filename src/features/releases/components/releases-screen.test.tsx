import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { administrator, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, byOption, renderApp } from "../../../testing/render-app";

const asAdministrator = { person: administrator };

it("says of each release how far it has come and how it went", async () => {
  renderApp(asAdministrator, "#/releases");
  expect(await byId("release-row-1.2.0")).toHaveTextContent("1.2.0linux-x86_64PausedPlant, 20 %3 have it1 went wrong");
  expect(await byId("release-row-1.1.0")).toHaveTextContent("RunningAll stations40 have it");
  expect(await byId("release-row-1.1.0")).toHaveTextContent("at the server itself");
  expect(await violations()).toEqual([]);
});

it("says why a release has stopped by itself, and lets it go on with a reason", async () => {
  const { user, station } = renderApp(asAdministrator, "#/releases");
  await user.click(await byId("release-row-1.2.0"));
  expect(await byId("release-stopped")).toHaveTextContent("A station took it back");
  expect(await byId("release-facts")).toHaveTextContent("1 took it back");
  await user.click(await byId("release-change"));
  await user.clear(await byId("rollout-percentage"));
  await user.type(await byId("rollout-percentage"), "250");
  await user.click(await byId("form-save"));
  expect(await byId("rollout-form")).toHaveTextContent("A whole number from 1 to 100");
  expect(await byId("rollout-form")).toHaveTextContent("the change needs a reason");
  expect(station.calls.some(({ command }) => command === "change_rollout")).toBe(false);
  await user.clear(await byId("rollout-percentage"));
  await user.type(await byId("rollout-percentage"), "50");
  await user.click(await byId("rollout-state"));
  await user.click(await byOption("rollout-state", "Running"));
  await user.type(await byId("change-reason"), "It was its disk");
  expect(await violations()).toEqual([]);
  await user.click(await byId("form-save"));
  expect(await byId("release-state")).toHaveTextContent("Running");
  expect(station.calls.find(({ command }) => command === "change_rollout")?.args.input).toMatchObject({
    state: "running",
    ring: "plant",
    percentage: 50,
    reason: "It was its disk",
  });
  expect(await byId("release-row-1.2.0")).toHaveTextContent("RunningPlant, 50 %");
});

it("says without the server that stations keep what they have", async () => {
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  const failures = { list_releases: failure("server_unreachable") };
  renderApp({ ...asAdministrator, status: { ...readyStatus, connection }, failures }, "#/releases");
  expect(await byId("releases-failed")).toHaveTextContent("Stations keep the version that they have");
});

it("says how the first release comes there", async () => {
  const { user, station } = renderApp(asAdministrator, "#/backups");
  station.releases.items = [];
  await user.click(await byId("menu-releases"));
  expect(await byId("releases-empty")).toHaveTextContent("viruj-server release publish FILE");
});
