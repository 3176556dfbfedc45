import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { failure } from "../../../testing/fake-station";
import { byId, renderApp } from "../../../testing/render-app";

const balance = { code: "BAL-02", class: "balance" as const, address: "tcp://10.0.4.17:8001" };

it("a balance is added, tried and kept", async () => {
  const { user, station } = renderApp({ devices: { devices: [], canChange: true } }, "#/settings");
  expect(await byId("devices-none")).toHaveTextContent("No balance is set up");
  await user.click(await byId("devices-add"));
  expect(await byId("devices-save-reason")).toHaveTextContent("Give every balance a code and an address.");
  await user.type(await byId("device-code-0"), "BAL-02");
  await user.type(await byId("device-address-0"), "tcp://10.0.4.17:8001");
  await user.click(await byId("device-try-0"));
  expect(await byId("device-answers-0")).toHaveTextContent("serial number B021002593, 0.00 kg");
  expect(await violations()).toEqual([]);
  await user.click(await byId("devices-save"));
  expect(await byId("devices-saved")).toHaveTextContent("The balances are kept.");
  expect(station.state.devices.devices).toEqual([balance]);
  await user.click(await byId("device-remove-0"));
  expect(screen.queryByTestId("devices-saved")).toBeNull();
  await user.click(await byId("devices-save"));
  await waitFor(() => expect(station.state.devices.devices).toEqual([]));
});

it("what is wrong with a balance is said, and what was typed stays", async () => {
  const failures = {
    save_devices: failure("device_code_taken", { device: "BAL-02" }),
    try_device: failure("device_unreachable"),
  };
  const { user } = renderApp({ devices: { devices: [balance], canChange: true }, failures }, "#/settings");
  await user.click(await byId("device-try-0"));
  expect(await byId("device-silent-0")).toHaveTextContent("cannot be reached");
  await user.click(await byId("devices-save"));
  expect(await byId("devices-error")).toHaveTextContent("Two balances have the code BAL-02.");
  expect(await byId("device-code-0")).toHaveValue("BAL-02");
});

it("who may not change the balances sees which there are", async () => {
  renderApp({ devices: { devices: [balance], canChange: false } }, "#/settings");
  expect(await byId("devices-list")).toHaveTextContent("BAL-02 tcp://10.0.4.17:8001");
  expect(screen.queryByTestId("devices-form")).toBeNull();
});

it("says why the balances cannot be shown", async () => {
  renderApp({ failures: { list_devices: failure("broken_off") } }, "#/settings");
  expect(await byId("devices-failed")).toBeVisible();
});
