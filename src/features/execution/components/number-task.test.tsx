import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const address = "#/batches/batch-1";
const offline = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;

it("records a value within limits and says that the server accepted it", async () => {
  const { user, station } = renderApp({}, address);
  for (const key of ["1", "1", "2"]) await user.click(await byId(`key-${key}`));
  await waitFor(() => expect(screen.getByTestId("verdict")).toHaveAttribute("data-check", "within"));
  expect(await byId("verdict")).toHaveTextContent("within limits");
  await user.click(await byId("primary-action"));
  expect(await byId("receipt-words")).toHaveTextContent(/^Accepted by the server \d\d:\d\d\.$/);
  expect(await byId("phase-title")).toHaveTextContent("Mixing time");
  const sent = station.calls.find((call) => call.command === "record_entry")?.args.entry;
  expect(sent).toMatchObject({
    phaseId: "phase-4",
    version: "1",
    entry: { type: "number", text: "112", decimalSeparator: ".", lot: null },
    reason: null,
    signature: null,
    shownText: "Batch MET-26-0142, step 4 “Record impeller speed”: 112 rpm recorded.",
    language: "en",
  });
});

it("types by keyboard, deletes by key, and never judges by itself", async () => {
  const { user } = renderApp({}, address);
  const field = await byId("number-input");
  await waitFor(() => expect(field).toHaveFocus());
  await user.type(field, "11x");
  expect(await screen.findByText("That is not a number.")).toBeVisible();
  await user.click(await byId("primary-action"));
  expect(isShown("decision")).toBe(false);
  await user.click(await byId("key-backspace"));
  await user.click(await byId("key-5"));
  expect(field).toHaveValue("115");
  expect(await byId("key-decimal")).toBeDisabled();
});

it("turns into a decision outside the limits, and nothing else can be pressed", async () => {
  const { user, station } = renderApp({}, address);
  await user.type(await byId("number-input"), "141{Enter}");
  expect(await byId("decision-statement")).toHaveTextContent("141 rpm is above the upper limit of 130 rpm");
  expect(screen.getByTestId("phase-list").closest("[inert]")).not.toBeNull();
  expect(screen.getByTestId("side-menu").closest("[inert]")).not.toBeNull();
  expect(screen.getByTestId("person-menu").closest("[inert]")).not.toBeNull();
  expect(await byId("decision-keep-reason")).toHaveTextContent("Write the reason first.");
  await user.click(await byId("decision-keep"));
  expect(station.calls.some((call) => call.command === "record_entry")).toBe(false);

  expect(await byId("decision-keep")).toHaveTextContent("Keep 141 rpm and open a deviation");
  await user.type(await byId("decision-reason"), "Display flickered");
  await user.click(await byId("decision-keep"));
  expect(await byId("receipt-words")).toHaveTextContent("A deviation was opened: out of limits.");
  expect(screen.getByTestId("side-menu").closest("[inert]")).toBeNull();
  expect(screen.getByTestId("phase-row-4")).toHaveTextContent("deviation: out of limits");
});

it("goes back to an empty field on re-enter", async () => {
  const { user, station } = renderApp({}, address);
  await user.type(await byId("number-input"), "12{Enter}");
  expect(await byId("decision-statement")).toHaveTextContent("below the lower limit of 90 rpm");
  await user.click(await byId("decision-back"));
  expect(await byId("number-input")).toHaveValue("");
  expect(station.calls.some((call) => call.command === "record_entry")).toBe(false);
});

it("says that an entry waits on this station while the server is gone", async () => {
  const { user } = renderApp({ status: { ...readyStatus, connection: offline } }, address);
  await user.type(await byId("number-input"), "112{Enter}");
  expect(await byId("receipt-words")).toHaveTextContent("Saved on this station. 1 entry waits for the server.");
  expect(screen.getByTestId("phase-row-4")).toHaveTextContent("unsent");
  await waitFor(() => expect(screen.getByTestId("unsent-count")).toHaveAttribute("data-count", "1"));
});

it("says what went wrong and keeps the value", async () => {
  const { user } = renderApp({ failures: { record_entry: failure("disk_full") } }, address);
  await user.type(await byId("number-input"), "112{Enter}");
  expect(await byId("record-error")).toHaveTextContent("Nothing was recorded.");
  expect(await byId("number-input")).toHaveValue("112");
});
