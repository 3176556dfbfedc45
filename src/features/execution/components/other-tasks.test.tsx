import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { metforminBatch, operator } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp, scan } from "../../../testing/render-app";

const address = "#/batches/batch-1";

function running(secondsAgo: number) {
  const batch = metforminBatch(4);
  const phase = batch.phases[4];
  if (phase?.task.type === "timer") {
    phase.status = "In Progress";
    phase.task.startedAt = new Date(Date.now() - secondsAgo * 1000).toISOString();
  }
  return batch;
}

it("puts a scan from anywhere into the lot and keeps the quantity as it is", async () => {
  const { user, station } = renderApp({ batch: metforminBatch(1) }, address);
  expect(await byId("primary-action-reason")).toHaveTextContent("Scan the lot and type the quantity first.");
  scan("L-26-0311", document.body);
  expect(await byId("scan-accepted")).toHaveTextContent("Scanned L-26-0311");
  expect(await byId("charge-lot")).toHaveValue("L-26-0311");
  await user.type(await byId("number-input"), "180.02");
  await user.click(await byId("primary-action"));
  await byId("receipt");
  const sent = station.calls.find((call) => call.command === "record_entry")?.args.entry;
  expect(sent).toMatchObject({ entry: { type: "number", text: "180.02", lot: "L-26-0311" } });
});

it("rejects a scan in a step that takes none", async () => {
  renderApp({ batch: metforminBatch(2) }, address);
  await byId("primary-action");
  scan("L-26-0311", document.body);
  expect(await byId("scan-rejected")).toHaveTextContent("This step takes no scan: L-26-0311");
});

it("counts a running timer in large figures from its start", async () => {
  renderApp({ batch: running(131) }, address);
  expect(await byId("timer-figures")).toHaveTextContent("02:11");
  await waitFor(() => expect(screen.getByTestId("timer-figures")).toHaveTextContent("02:12"), { timeout: 2500 });
  expect(await byId("timer-word")).toHaveTextContent("Too early to stop.");
  expect(await byId("timer-bounds")).toHaveTextContent("10:00 to 12:00");
});

it("starts a timer, and stays at the step", async () => {
  const { user } = renderApp({ batch: metforminBatch(4) }, address);
  await user.click(await byId("primary-action"));
  await waitFor(() => expect(screen.getByTestId("primary-action")).toHaveAttribute("data-timer", "stop"));
  expect(await byId("receipt")).toHaveTextContent("Step 5");
});

it("asks for a reason when the station says that the time lies outside", async () => {
  const { user, station } = renderApp(
    { batch: running(131), failures: { record_entry: failure("reason_required") } },
    address,
  );
  await user.click(await byId("primary-action"));
  expect(await byId("decision-statement")).toHaveTextContent(/02:1\d is shorter than the required 10:00/);
  station.state.failures = {};
  await user.type(await byId("decision-reason"), "Power failed");
  await user.click(await byId("decision-keep"));
  await waitFor(() => expect(screen.getByTestId("phase-title")).toHaveTextContent("loss on drying"));
  const sent = station.calls.findLast((call) => call.command === "record_entry")?.args.entry;
  expect(sent).toMatchObject({ entry: { type: "stop_timer" }, reason: "Power failed" });
});

it("requests a sample for a scanned container", async () => {
  const { user, station } = renderApp({ batch: metforminBatch(6) }, address);
  expect(await byId("sample-tests")).toHaveTextContent("Loss on drying, Assay, Bulk density");
  expect(await byId("primary-action-reason")).toHaveTextContent("Scan or type the container number first.");
  scan("CN-00817");
  await user.click(await byId("primary-action"));
  await byId("receipt");
  const sent = station.calls.find((call) => call.command === "record_entry")?.args.entry;
  expect(sent).toMatchObject({ entry: { type: "request_sample", container: "CN-00817" } });
});

it("shows a recorded step and the way back to the current one", async () => {
  const { user } = renderApp({}, address);
  await user.click(await byId("phase-row-2"));
  expect(await byId("entry-value")).toHaveTextContent("180.02 kg · Lot L-26-0311");
  expect(await byId("go-to-current")).toHaveTextContent("Go to step 4");
  await user.click(await byId("phase-row-8"));
  expect(await byId("phase-obstacle")).toHaveTextContent("Waits for step 7.");
  await user.click(await byId("go-to-current"));
  expect(await byId("phase-title")).toHaveTextContent("Record impeller speed");
});

it("marks duplicates and entries that the server did not apply in words", async () => {
  const batch = metforminBatch();
  const entry = batch.phases[0]?.entries[0];
  if (entry !== undefined) {
    batch.phases[0]?.entries.push(
      { ...entry, operationId: "twice", isEffective: false, verdictCode: "duplicate" },
      { ...entry, operationId: "refused", isEffective: false, verdictCode: "not_authorised" },
    );
  }
  const { user } = renderApp({ batch }, address);
  await user.click(await byId("phase-row-1"));
  expect(await byId("entry-twice")).toHaveTextContent("deviation: recorded twice");
  expect(await byId("entry-refused")).toHaveTextContent("not applied: Your role may not do this.");
});

it("says that a batch is complete, on hold, or not for this person", async () => {
  const view = renderApp({ batch: metforminBatch(10) }, address);
  expect(await byId("batch-all-done")).toHaveTextContent("All steps are done");
  view.unmount();

  const held = {
    ...metforminBatch(),
    status: "On Hold" as const,
    holdReason: "LOD under review",
    blockedCode: "batch_not_executable",
  };
  const second = renderApp({ batch: held }, address);
  expect(await byId("batch-hold")).toHaveTextContent("On hold: LOD under review");
  expect(isShown("primary-action")).toBe(false);
  second.unmount();

  renderApp({ person: { ...operator, canExecute: false } }, address);
  expect(await byId("batch-read-only")).toHaveTextContent("not execute it");
  expect(isShown("phase-obstacle")).toBe(false);
});

it("opens the person's last batch from the menu, or says to pick one", async () => {
  const first = renderApp({}, "#/execution");
  expect(await byId("no-batch")).toHaveTextContent("No batch is open");
  first.unmount();
  localStorage.setItem("last-batch:prod-op-1", "batch-1");
  renderApp({}, "#/execution");
  expect(await byId("execution")).toBeVisible();
});

it("says what is wrong with a batch that cannot be opened", async () => {
  renderApp({ failures: { open_batch: failure("batch_unknown") } }, address);
  expect(await byId("batch-failed")).toHaveTextContent("This batch is not on this station.");
  fireEvent.click(await byId("batch-failed-pick"));
  expect(await byId("batches")).toBeVisible();
});
