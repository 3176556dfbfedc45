import { expect, it } from "vitest";
import { readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, renderApp } from "../../../testing/render-app";

it("formats cells by the kind of their column", async () => {
  renderApp({}, "#/lists/materials");
  const row = await byId("list-row-m-0");
  expect(row).toHaveTextContent("RM-0001Metformin hydrochlorideRaw MaterialkgApproved1250.50020 Nov 2026, 09:35");
});

it.each([
  ["gate_entries", "security records a vehicle at the gate"],
  ["goods_receipts", "receives a delivery that passed the gate"],
  ["quality_samples", "requests a test"],
  ["quality_tests", "assigned for testing"],
  ["materials", "an administrator registers a material"],
])("says how the first row of %s comes to be", async (list, how) => {
  renderApp({ lists: { columns: [], rows: [], hasMore: false } }, `#/lists/${list}`);
  expect(await byId("list-empty")).toHaveTextContent(how);
});

it("says that nothing matches, and that only the newest are shown", async () => {
  const { user, station } = renderApp({}, "#/lists/materials");
  station.state.lists.hasMore = true;
  await user.type(await byId("list-search"), "unobtainium");
  expect(await byId("list-no-match")).toHaveTextContent("unobtainium");
});

it("says that a list needs the server while it is gone", async () => {
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  renderApp(
    { status: { ...readyStatus, connection }, failures: { read_list: failure("server_unreachable") } },
    "#/lists/quality_tests",
  );
  expect(await byId("list-failed")).toHaveTextContent("Batches and their steps are kept on this station");
});

it("says that there is no such list", async () => {
  renderApp({}, "#/lists/secrets");
  expect(await byId("missing-screen")).toBeVisible();
});
