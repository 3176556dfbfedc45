import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import type { UnsentEntry } from "../../bridge/bindings";
import { violations } from "../../testing/axe";
import { administrator, operator, readyStatus } from "../../testing/fake-data";
import { failure } from "../../testing/fake-station";
import { byId, isShown, renderApp } from "../../testing/render-app";

const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
const waiting: UnsentEntry = {
  operationId: "op-1",
  event: null,
  batchNumber: "MET-26-0142",
  phaseNumber: 4,
  phaseTitle: "Record impeller speed",
  personName: "David Chen",
  recordedAt: "2026-11-24T08:41:00Z",
  attempts: 2,
  lastProblem: "server_unreachable",
};

it("shows place, connection and how much is unsent", async () => {
  renderApp({}, "#/batches");
  expect(await byId("place")).toHaveTextContent("Hyderabad Plant · Granulation 2");
  expect(await byId("connection-status")).toHaveAttribute("data-state", "online");
  expect(await byId("connection-time")).toHaveTextContent("heard 14:32:07 IST");
  expect(await byId("unsent-count")).toHaveTextContent("0 unsent");
});

it("says offline since when, and one tap says what waits and why", async () => {
  const status = { ...readyStatus, connection, unsent: 1 };
  const { user, station } = renderApp({ status, unsent: [waiting] }, "#/batches");
  expect(await byId("connection-words")).toHaveTextContent(/^Offline since .*14:10$/);
  await user.click(await byId("connection-status"));
  expect(await byId("unsent-why")).toHaveTextContent("The server cannot be reached.");
  expect(await byId("unsent-entry-op-1")).toHaveTextContent("Step 4 · Record impeller speed");
  station.state.failures.sync_now = failure("server_unreachable");
  await user.click(await byId("unsent-send-now"));
  expect(await byId("unsent-sync-error")).toHaveTextContent("the station goes on trying");
  await user.click(await byId("unsent-export"));
  expect(await byId("unsent-exported")).toHaveTextContent("1 entry lies sealed in /media/operator/VIRUJ/");
});

it("says how far a new copy of the records has come, and never that it is done before it is", async () => {
  const status = { ...readyStatus, copying: { read: 99_999, expected: 100_000 } };
  const { user } = renderApp({ status }, "#/batches");
  expect(await byId("connection-copying")).toHaveTextContent("reading records, 99 %");
  await user.click(await byId("connection-status"));
  expect(await byId("unsent-copying")).toHaveTextContent(
    "The plant's records are being read: 99,999 of 1,00,000.Until that is done this station goes on with what it has.",
  );
  expect(await violations()).toEqual([]);
});

it("says by how much the station's clock is off, and what that means", async () => {
  const status = { ...readyStatus, connection, clockOff: { minutes: 12, isAhead: true } };
  const { user } = renderApp({ status }, "#/batches");
  expect(await byId("connection-clock")).toHaveTextContent("this clock is 12 minutes ahead");
  await user.click(await byId("connection-status"));
  expect(await byId("unsent-clock")).toHaveTextContent("12 minutes ahead of the server's.");
  expect(await byId("unsent-clock")).toHaveTextContent("nothing can be signed from two minutes on");
  expect(await violations()).toEqual([]);
});

it("says why what waits could not be saved to a stick", async () => {
  const status = { ...readyStatus, connection, unsent: 1 };
  const failures = { export_unsent: failure("export_not_set_up") };
  const { user } = renderApp({ status, unsent: [waiting], failures }, "#/batches");
  await user.click(await byId("connection-status"));
  await user.click(await byId("unsent-export"));
  expect(await byId("unsent-export-error")).toHaveTextContent("never heard from the server");
});

it("follows the station's event without being asked", async () => {
  const { station } = renderApp({}, "#/batches");
  expect(await byId("connection-status")).toHaveAttribute("data-state", "online");
  station.state.status = { ...readyStatus, connection, unsent: 12 };
  station.emit(["status"]);
  await waitFor(() => expect(screen.getByTestId("connection-status")).toHaveAttribute("data-state", "offline"));
});

it("draws the role's menu by section and collapses to icons that keep their names", async () => {
  const { user } = renderApp({}, "#/batches");
  expect(await byId("side-menu")).toHaveTextContent("ExecutionMy BatchesBatch ExecutionTasksMaterial Issue");
  await user.click(await byId("menu-collapse"));
  expect(screen.getByRole("link", { name: "My Batches" })).toBeVisible();
  await user.click(await byId("menu-materials"));
  expect(await byId("list-materials")).toBeVisible();
});

it("is honest to a role that has no screens yet", async () => {
  renderApp({ person: { ...administrator, role: "Sales Person", menu: [] } });
  expect(await byId("no-screens")).toHaveTextContent("Your role has no screens in this version yet.");
});

it("keeps language, appearance and size at once", async () => {
  const { user, station } = renderApp({}, "#/batches");
  await user.click(await byId("person-menu"));
  await user.click(await byId("theme-dark"));
  await waitFor(() => expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "dark"));
  await user.click(await byId("density-compact"));
  await waitFor(() => expect(document.documentElement).toHaveAttribute("data-density", "compact"));
  expect(station.state.settings).toMatchObject({ theme: "dark", density: "compact", language: "en" });
});

it("takes a choice back that could not be kept", async () => {
  const { user } = renderApp({ failures: { save_preferences: failure("settings_unwritable") } }, "#/batches");
  await user.click(await byId("person-menu"));
  await user.click(await byId("theme-dark"));
  expect(await byId("preferences-error")).toHaveTextContent("The settings file cannot be written.");
  expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "light");
});

it("hands the station to another person without leaving the screen", async () => {
  const { user, station } = renderApp({ person: { ...operator, id: "prod-head-1", name: "John Smith" } }, "#/settings");
  await user.click(await byId("person-menu"));
  await user.click(await byId("change-person"));
  expect(await byId("change-person-sheet")).toHaveTextContent("John Smith hands the station over.");
  expect(await violations()).toEqual([]);
  await user.type(await byId("sign-in-email"), "david.chen@pharma.com");
  await user.type(await byId("sign-in-password"), "wrong{Enter}");
  expect(await byId("sign-in-error")).not.toBeEmptyDOMElement();
  expect(await byId("person-name")).toHaveTextContent("John Smith");
  await user.clear(await byId("sign-in-password"));
  await user.type(await byId("sign-in-password"), "demo123{Enter}");
  await waitFor(() => expect(isShown("change-person-sheet")).toBe(false));
  expect(await byId("person-name")).toHaveTextContent("David Chen");
  expect(await byId("settings-data-folder")).toBeInTheDocument();
  expect(station.calls.filter(({ command }) => command === "sign_out")).toEqual([]);
});

it("opens the settings from the person menu", async () => {
  const { user } = renderApp({}, "#/batches");
  await user.click(await byId("person-menu"));
  await user.click(await byId("menu-settings"));
  expect(await byId("settings-data-folder")).toHaveTextContent("/home/floor/.local/share/viruj-station");
  expect(isShown("settings-from-environment")).toBe(false);
});

it("announces another version of the program, which whoever works can put off", async () => {
  const stage = { type: "announced", installsAt: "2026-11-24T09:30:00Z" } as const;
  const { user } = renderApp({ status: { ...readyStatus, update: { version: "1.1.0", stage } } }, "#/batches");
  expect(await byId("update-notice")).toHaveTextContent(/Version 1\.1\.0 will be installed at .*15:00/);
  expect(await violations()).toEqual([]);
  await user.click(await byId("update-postpone"));
  await waitFor(() => expect(isShown("update-notice")).toBe(false));
});

it("says nothing of a version that is only on its way", async () => {
  const stage = { type: "downloading", percent: 40 } as const;
  renderApp({ status: { ...readyStatus, update: { version: "1.1.0", stage } } }, "#/batches");
  await byId("place");
  expect(isShown("update-notice")).toBe(false);
});
