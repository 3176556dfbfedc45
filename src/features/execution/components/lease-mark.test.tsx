import { expect, it } from "vitest";
import type { LeaseView } from "../../../bridge/bindings";
import { violations } from "../../../testing/axe";
import { metforminBatch, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const address = "#/batches/batch-1";
const offline = {
  ...readyStatus,
  connection: { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const,
};
const elsewhere: LeaseView = {
  place: "elsewhere",
  stationName: "Granulation 3",
  until: "2026-11-26T08:40:00Z",
  operation: null,
  steps: ["take_over"],
};

it("says that the batch goes on here without the server, until when, and gives it back", async () => {
  const { user, station } = renderApp({}, address);
  expect(await byId("batch-lease")).toHaveTextContent("At this station");
  await user.click(await byId("batch-lease"));
  expect(await byId("lease-sentence")).toHaveTextContent(/^Until 26 Nov.* the batch goes on here without the server/);
  expect(await violations()).toEqual([]);
  await user.click(await byId("lease-give_back"));
  expect(await byId("batch-lease")).toHaveTextContent("At no station");
  expect(station.calls.find(({ command }) => command === "take_batch_step")?.args.step).toMatchObject({
    step: "give_back",
    reason: "",
  });
});

it("takes a batch over from another station with a reason", async () => {
  const { user, station } = renderApp({ batch: { ...metforminBatch(), lease: elsewhere } }, address);
  expect(await byId("batch-lease")).toHaveTextContent("At Granulation 3");
  await user.click(await byId("batch-lease"));
  await user.click(await byId("lease-take_over"));
  expect(await byId("change-reason")).toHaveAccessibleDescription(/reason/i);
  expect(station.calls.some(({ command }) => command === "take_batch_step")).toBe(false);
  await user.type(await byId("change-reason"), "Its screen is broken.");
  expect(await violations()).toEqual([]);
  await user.click(await byId("lease-take_over"));
  expect(await byId("batch-lease")).toHaveTextContent("At this station");
});

it("says who was faster, and keeps what was written", async () => {
  const { user } = renderApp(
    {
      batch: { ...metforminBatch(), lease: elsewhere },
      failures: { take_batch_step: failure("leased_elsewhere") },
    },
    address,
  );
  await user.click(await byId("batch-lease"));
  await user.type(await byId("change-reason"), "dust");
  await user.click(await byId("lease-take_over"));
  expect(await byId("lease-error")).toHaveTextContent("Another station has this batch.");
  expect(await byId("change-reason")).toHaveValue("dust");
});

it("needs the server, and says so", async () => {
  const lease: LeaseView = { place: "nowhere", stationName: null, until: null, operation: null, steps: ["take"] };
  const { user } = renderApp(
    { batch: { ...metforminBatch(), lease, blockedCode: "lease_needed" }, status: offline },
    address,
  );
  expect(await byId("batch-blocked")).toHaveTextContent("not at this station");
  await user.click(await byId("batch-lease"));
  expect(await byId("lease-take")).toHaveAccessibleDescription(/server/i);
});

it("says nothing where no station needs to have the batch", async () => {
  renderApp({ batch: { ...metforminBatch(), lease: null } }, address);
  await byId("batch-number");
  expect(isShown("batch-lease")).toBe(false);
});

it("says which operation goes on here, and takes the rest of the batch", async () => {
  const lease: LeaseView = {
    place: "here",
    stationName: null,
    until: "2026-11-26T08:40:00Z",
    operation: "Wet granulation",
    steps: ["give_back", "take"],
  };
  const { user, station } = renderApp({ batch: { ...metforminBatch(), lease } }, address);
  await user.click(await byId("batch-lease"));
  expect(await byId("lease-sentence")).toHaveTextContent("operation Wet granulation goes on here");
  await user.click(await byId("lease-take"));
  expect(station.calls.find(({ command }) => command === "take_batch_step")?.args.step).toMatchObject({ step: "take" });
});
