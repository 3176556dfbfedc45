import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { metforminBatch, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const address = "#/batches/batch-1";
const offline = {
  ...readyStatus,
  connection: { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const,
};

it("[PI041-AT] puts a batch on hold with a reason, and says so on the screen", async () => {
  const { user, station } = renderApp({ batch: { ...metforminBatch(), steps: [{ step: "hold" }] } }, address);
  await user.click(await byId("batch-step-hold"));
  expect(await byId("batch-step-sentence")).toHaveTextContent("Batch MET-26-0142 stops");
  await user.click(await byId("batch-step-take"));
  expect(await byId("change-reason")).toHaveAccessibleDescription(/reason/i);
  expect(station.calls.some(({ command }) => command === "take_batch_step")).toBe(false);
  await user.type(await byId("change-reason"), "The room is too warm.");
  expect(await violations()).toEqual([]);
  await user.click(await byId("batch-step-take"));
  expect(await byId("batch-hold")).toHaveTextContent("On hold: The room is too warm.");
  expect(await byId("batch-hold")).toHaveTextContent("until quality assurance lifts the hold");
  expect(isShown("batch-step-hold")).toBe(false);
  expect(station.calls.find(({ command }) => command === "take_batch_step")?.args.step).toEqual({
    batchId: "batch-1",
    version: "1",
    step: "hold",
    reason: "The room is too warm.",
  });
});

it("says who was faster, and keeps what was written", async () => {
  const { user } = renderApp(
    {
      batch: { ...metforminBatch(), steps: [{ step: "hold" }] },
      failures: { take_batch_step: failure("changed_meanwhile") },
    },
    address,
  );
  await user.click(await byId("batch-step-hold"));
  await user.type(await byId("change-reason"), "dust");
  await user.click(await byId("batch-step-take"));
  expect(await byId("batch-step-error")).toHaveTextContent(/./);
  expect(await byId("change-reason")).toHaveValue("dust");
});

it("[PI041-AT] tells the history: what, who, when and why", async () => {
  const { user } = renderApp({}, address);
  await user.click(await byId("batch-history"));
  expect(await byId("batch-event-held")).toHaveTextContent("Put on hold");
  expect(await byId("batch-event-held")).toHaveTextContent("John Smith");
  expect(await byId("batch-event-held")).toHaveTextContent("Reason: The room is too warm.");
  expect(await byId("batch-event-recorded")).toHaveTextContent("Step 2 Set the impeller: 112 rpm");
  expect(await byId("batch-event-recorded")).toHaveTextContent("David Chen · Granulation 2");
  expect(await byId("batch-event-deviation_opened")).toHaveTextContent("Deviation DEV-26-004 opened");
  expect(await violations()).toEqual([]);
});

it("[P11-10b] writes the record and says where both its forms lie", async () => {
  const { user } = renderApp({}, address);
  await user.click(await byId("batch-record"));
  await user.click(await byId("batch-record-write"));
  expect(await byId("batch-record-pdf")).toHaveTextContent(/batch-record-.*\.pdf$/);
  expect(await byId("batch-record-json")).toHaveTextContent(/batch-record-.*\.json$/);
  expect(await violations()).toEqual([]);
});

it("says why the record was not written", async () => {
  const { user } = renderApp({ failures: { write_batch_record: failure("server_unreachable") } }, address);
  await user.click(await byId("batch-record"));
  await user.click(await byId("batch-record-write"));
  expect(await byId("batch-record-failed")).toHaveTextContent(/server/i);
});

it("says without the server that both need it", async () => {
  const { user } = renderApp(
    {
      status: offline,
      batch: { ...metforminBatch(), steps: [{ step: "hold" }] },
      failures: { batch_history: failure("server_unreachable") },
    },
    address,
  );
  await user.click(await byId("batch-history"));
  expect(await byId("batch-history-offline")).toHaveTextContent("The history lies at the server");
  await user.click(await byId("batch-history-sheet-close"));
  await user.click(await byId("batch-step-hold"));
  expect(await byId("batch-step-take-reason")).toHaveTextContent("The server cannot be reached");
});
