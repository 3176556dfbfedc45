import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import type { NumberView, PhaseTask, RecordEntry } from "../../../bridge/bindings";
import { violations } from "../../../testing/axe";
import { metforminBatch } from "../../../testing/fake-data";
import { type FakeStation, failure, weight } from "../../../testing/fake-station";
import { byId, renderApp } from "../../../testing/render-app";

const address = "#/batches/batch-1";
const kilograms: NumberView = { unit: "kg", places: 2, low: "9.90", target: null, high: "10.10", device: "balance" };
const balances = {
  devices: [{ code: "BAL-02", class: "balance" as const, address: "tcp://10.0.4.17:8001" }],
  canChange: false,
};

/** The third step is weighed. */
function batchThatWeighs(task: PhaseTask = { type: "value", number: kilograms }) {
  const batch = metforminBatch(2);
  const phase = batch.phases[2];
  if (phase === undefined) throw new Error("the batch has a third step");
  Object.assign(phase, { signature: null, correctionSignature: null, task });
  return batch;
}

const recorded = (station: FakeStation) =>
  station.calls.findLast(({ command }) => command === "record_entry")?.args.entry as RecordEntry | undefined;

it("the value comes from the balance, says from where, and is recorded by its number alone", async () => {
  const { user, station } = renderApp({ batch: batchThatWeighs(), devices: balances }, address);
  await waitFor(() => expect(screen.getByTestId("primary-action")).toHaveTextContent("Read BAL-02"));
  expect(await violations()).toEqual([]);
  await user.click(await byId("primary-action"));
  await waitFor(() => expect(screen.getByTestId("device-value")).toHaveTextContent(/10\.00\s*kg/));
  expect(screen.getByTestId("device-source")).toHaveTextContent("From BAL-02 (serial number B021002593), 10004.6 g");
  expect(screen.getByTestId("verdict")).toHaveTextContent("within limits");
  expect(screen.getByTestId("primary-action")).toHaveTextContent("Confirm value");
  await user.click(await byId("primary-action"));
  await waitFor(() =>
    expect(recorded(station)?.entry).toEqual({ type: "take_reading", reading: weight.id, lot: null }),
  );
  expect(recorded(station)?.shownText).toContain("10.00 kg (BAL-02) recorded");
  expect(recorded(station)?.reason).toBeNull();
});

it("what was weighed out of its limits is weighed again or kept with a reason", async () => {
  const reading = { ...weight, check: { ...weight.check, value: "11.00", check: "above" as const, position: 1000 } };
  const { user, station } = renderApp({ batch: batchThatWeighs(), devices: balances, reading }, address);
  await waitFor(() => expect(screen.getByTestId("primary-action")).toHaveTextContent("Read BAL-02"));
  await user.click(await byId("primary-action"));
  await waitFor(() => expect(screen.getByTestId("primary-action")).toHaveTextContent("Confirm value"));
  await user.click(await byId("primary-action"));
  expect(await byId("decision-statement")).toHaveTextContent("11.00 kg is above the upper limit");
  await user.click(await byId("decision-back"));
  await waitFor(() => expect(screen.getByTestId("primary-action")).toHaveTextContent("Read BAL-02"));
  await user.click(await byId("primary-action"));
  await waitFor(() => expect(screen.getByTestId("primary-action")).toHaveTextContent("Confirm value"));
  await user.click(await byId("primary-action"));
  await user.type(await byId("decision-reason"), "Too much was charged");
  await user.click(await byId("decision-keep"));
  await waitFor(() => expect(recorded(station)).toMatchObject({ reason: "Too much was charged" }));
  expect(recorded(station)?.entry.type).toBe("take_reading");
  expect(recorded(station)?.shownText).toContain("a deviation is opened");
});

it("[A11-6] typed instead, it asks for a reason and says that a second person verifies it", async () => {
  const { user, station } = renderApp({ batch: batchThatWeighs(), devices: balances }, address);
  await user.click(await byId("device-type-instead"));
  expect(await byId("typed-notice")).toHaveTextContent("a second person verifies it");
  await user.type(await byId("number-input"), "10.00");
  await user.click(await byId("primary-action"));
  expect(await byId("decision-statement")).toHaveTextContent("10.00 kg is typed and not read from the balance");
  await user.type(await byId("decision-reason"), "The balance is being moved");
  await user.click(await byId("decision-keep"));
  await waitFor(() => expect(recorded(station)).toMatchObject({ reason: "The balance is being moved" }));
  expect(recorded(station)?.shownText).toContain("10.00 kg typed, to be verified by a second person");
  expect(recorded(station)?.shownText).not.toContain("deviation");
});

it("[A11-6] a typed value that is not plausible asks before it is kept", async () => {
  const number = { ...kilograms, low: null, high: null, device: null };
  const { user } = renderApp({ batch: batchThatWeighs({ type: "value", number }), implausible: 100 }, address);
  await user.type(await byId("number-input"), "100.00");
  await user.click(await byId("primary-action"));
  expect(await byId("decision-statement")).toHaveTextContent("100.00 kg is not a plausible value");
});

it("says why the balance gave no value, and goes on when it does", async () => {
  const { user, station } = renderApp(
    { batch: batchThatWeighs(), devices: balances, failures: { read_device: failure("device_unstable") } },
    address,
  );
  await waitFor(() => expect(screen.getByTestId("primary-action")).toHaveTextContent("Read BAL-02"));
  await user.click(await byId("primary-action"));
  expect(await byId("device-failed")).toHaveTextContent("has not come to rest");
  station.state.failures = {};
  await user.click(await byId("primary-action"));
  await waitFor(() => expect(screen.getByTestId("device-value")).toHaveTextContent(/10\.00\s*kg/));
  expect(screen.queryByTestId("device-failed")).toBeNull();
});

it("a charge is weighed after its lot was scanned; without a balance it says whom to ask", async () => {
  const task = {
    type: "material_charge",
    material: "Povidone K30",
    materialCode: "RM-1002",
    number: kilograms,
  } as const;
  const first = renderApp({ batch: batchThatWeighs(task) }, address);
  expect(await byId("device-none")).toHaveTextContent("Whoever sets it up adds one in the settings");
  expect(await byId("primary-action-reason")).toHaveTextContent("No balance is set up here.");
  first.unmount();
  const { user, station } = renderApp({ batch: batchThatWeighs(task), devices: balances }, address);
  await user.type(await byId("charge-lot"), "L-26-0311");
  await waitFor(() => expect(screen.getByTestId("primary-action")).toHaveTextContent("Read BAL-02"));
  await user.click(await byId("primary-action"));
  await waitFor(() => expect(screen.getByTestId("primary-action")).toHaveTextContent("Confirm charge"));
  await user.click(await byId("primary-action"));
  const entry = { type: "take_reading", reading: weight.id, lot: "L-26-0311" };
  await waitFor(() => expect(recorded(station)?.entry).toEqual(entry));
});
