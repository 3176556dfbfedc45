import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Stage } from "../../../bridge/bindings";
import { administrator, operator, readyStatus, stationSettings } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const at = (stage: Stage) => ({ status: { ...readyStatus, stage } });

it("asks one thing at the first start", async () => {
  const { user, station } = renderApp(at({ type: "first_start" }));
  await user.click(await byId("first-start-demo"));
  expect(station.calls.some((call) => call.command === "choose_demo")).toBe(true);
});

it("shows the errors of the plant form beside their fields", async () => {
  const { user, station } = renderApp(at({ type: "first_start" }));
  await user.click(await byId("first-start-plant"));
  await user.click(await byId("plant-submit"));
  expect(screen.getAllByText("Fill in this field.")).toHaveLength(7);
  expect(station.calls.some((call) => call.command === "set_up_plant")).toBe(false);

  for (const [field, text] of [
    ["plant-name", "Hyderabad"],
    ["plant-region", "APAC"],
    ["plant-administrator-name", "Asha Rao"],
    ["plant-administrator-email", "asha@plant.in"],
    ["plant-administrator-password", "a long password"],
    ["plant-backup-folder", "/nowhere"],
  ])
    await user.type(await byId(field ?? ""), text ?? "");
  await user.click(await byId("plant-time-zone"));
  await user.click(await screen.findByText("Asia/Kolkata"));
  station.state.failures.set_up_plant = failure("backup_folder_missing");
  await user.click(await byId("plant-submit"));
  expect(await screen.findByText("This folder does not exist.")).toBeVisible();
  expect(await byId("plant-backup-folder")).toBeInvalid();
  expect(await byId("plant-name")).toBeValid();
});

it("says what it does while it starts", async () => {
  renderApp(at({ type: "starting", step: "migrating" }));
  expect(await byId("starting-step")).toHaveTextContent("Bringing the database up to date");
});

it.each([
  ["keychain_locked", "Unlock it"],
  ["no_session_bus", "dbus-run-session"],
  ["database_newer", "newer version"],
  ["store_corrupted", "Do not delete any file"],
  ["outbox_copy_unusable", "Do not delete any file"],
  ["outbox_copy_differs", "changes neither copy"],
  ["disk_full", "200 MB"],
  ["postgres_binaries_missing", "npm start"],
  ["something_new", "something_new"],
])("says what to do about %s", async (code, remedy) => {
  const { user, station } = renderApp(at({ type: "problem", error: failure(code) }));
  expect(await byId("problem")).toHaveTextContent(remedy);
  expect(await byId("problem-code")).toHaveAttribute("data-code", code);
  await user.click(await byId("problem-retry"));
  expect(station.calls.some((call) => call.command === "retry_start")).toBe(true);
});

it.each([
  ["en", "Set the damaged copy aside and go on"],
  ["hi", "ख़राब प्रति अलग रखें और आगे बढ़ें"],
  ["te", "పాడైన ప్రతిని పక్కన పెట్టి కొనసాగండి"],
])("sets a damaged copy aside in %s and goes on", async (language, action) => {
  const { user, station } = renderApp({
    ...at({ type: "problem", error: failure("store_corrupted") }),
    settings: { ...stationSettings, language },
  });
  const button = await byId("problem-set-aside");
  expect(button).toHaveTextContent(action);
  // What the button does is said before it is pressed, in its own words.
  expect(await byId("problem-do-this")).toHaveTextContent(action);
  await user.click(button);
  expect(station.calls.filter((call) => call.command === "set_store_aside")).toHaveLength(1);
});

it("says why a damaged copy could not be set aside", async () => {
  const { user, station } = renderApp(at({ type: "problem", error: failure("store_corrupted") }));
  station.state.failures.set_store_aside = failure("outbox_copy_unusable");
  await user.click(await byId("problem-set-aside"));
  expect(await byId("problem-set-aside-failed")).toHaveTextContent("Nothing was changed");
});

it("offers to set a copy aside only when it is damaged", async () => {
  renderApp(at({ type: "problem", error: failure("store_key_missing") }));
  expect(await byId("problem")).toBeVisible();
  expect(isShown("problem-set-aside")).toBe(false);
});

it("opens the connection settings before anyone has signed in, with the warning", async () => {
  const { user, station } = renderApp(at({ type: "first_start" }));
  await user.click(await byId("first-start-server"));
  await user.click(await byId("settings-source-database"));
  expect(await byId("settings-database-warning")).toHaveTextContent("trusted server");
  expect(await byId("settings-save-reason")).toHaveTextContent("Type the address first.");
  await user.click(await byId("settings-source-server"));
  await user.type(await byId("settings-server-url"), "https://plant.example");
  await user.click(await byId("settings-save"));
  expect(await byId("first-start")).toBeVisible();
  expect(station.state.settings).toMatchObject({
    source: "server",
    serverUrl: "https://plant.example",
    databaseUrl: null,
  });
});

it("registers the station after a System Admin has signed in", async () => {
  const { user, station } = renderApp({ ...at({ type: "not_registered" }), person: administrator });
  expect(await byId("registration-submit-reason")).toHaveTextContent("Choose the plant");
  await user.click(await byId("registration-plant-plant-a"));
  await user.type(await byId("registration-station-name"), "Granulation 2");
  await user.click(await byId("registration-submit"));
  const sent = station.calls.find((call) => call.command === "register_station");
  expect(sent?.args).toEqual({ station: { stationName: "Granulation 2", plantId: "plant-a" } });
});

it("says who may register when someone else signed in", async () => {
  const { user } = renderApp({ ...at({ type: "not_registered" }), person: operator });
  expect(await byId("registration-wrong-role")).toHaveTextContent("David Chen");
  expect(isShown("registration-submit")).toBe(false);
  await user.click(await byId("registration-other-person"));
  expect(await byId("sign-in-register")).toBeVisible();
});
