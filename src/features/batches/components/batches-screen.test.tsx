import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { batchItems } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

it("lists the person's batches and opens one by tap", async () => {
  const { user } = renderApp({}, "#/batches");
  expect(await byId("batch-row-MET-26-0142")).toHaveTextContent("Metformin HCl 500 mg");
  expect(isShown("batch-row-MET-26-0143")).toBe(false);
  await user.click(await byId("batches-all"));
  await user.click(await byId("batch-row-MET-26-0143"));
  expect(await byId("execution")).toBeVisible();
});

it("moves by arrow and opens by Enter", async () => {
  const { user } = renderApp({}, "#/batches");
  (await byId("batch-row-MET-26-0142")).focus();
  await user.keyboard("{ArrowDown}");
  await waitFor(() => expect(screen.getByTestId("batch-row-MET-26-0145")).toHaveFocus());
  await user.keyboard("{Enter}");
  expect(await byId("execution")).toBeVisible();
});

it("asks the station for search, filter and sort", async () => {
  const { user, station } = renderApp({}, "#/batches");
  await waitFor(() => expect(screen.getByTestId("status-on-hold")).toHaveTextContent("On hold1"));
  await user.click(await byId("status-on-hold"));
  await user.click(await byId("sort-product"));
  await user.type(await byId("batches-search"), "metformin");
  await waitFor(() =>
    expect(station.calls.at(-1)?.args.query).toEqual({
      search: "metformin",
      statuses: ["On Hold"],
      sort: "product",
      descending: false,
      onlyMine: true,
    }),
  );
});

it("marks what is out of the ordinary in words", async () => {
  const { user } = renderApp({}, "#/batches");
  await user.click(await byId("batches-all"));
  expect(await byId("batch-deviations-MET-26-0144")).toHaveTextContent("1 open deviation");
  expect(await byId("batch-unsent-MET-26-0144")).toHaveTextContent("3 unsent");
});

it("tells the empty lists apart", async () => {
  const { user, station } = renderApp({ items: [], isListLoading: true }, "#/batches");
  expect(await byId("batches-arriving")).toHaveTextContent("Fetching the first batches");
  station.state.isListLoading = false;
  station.emit(["batches"]);
  expect(await byId("batches-none-mine")).toBeVisible();
  await user.click(await byId("batches-show-all"));
  expect(await byId("batches-empty")).toHaveTextContent("production planning");

  station.state.items = batchItems(3);
  await user.type(await byId("batches-search"), "nothing like it");
  expect(await byId("batches-no-match")).toBeVisible();
  await user.click(await byId("batches-clear-filters"));
  expect(await byId("batch-table")).toBeVisible();
});

it("keeps its place while loading and says what failed", async () => {
  const { user, station } = renderApp({ failures: { list_batches: null } }, "#/batches");
  expect(await byId("batches-loading")).toBeVisible();
  station.state.failures.list_batches = failure("store_corrupted");
  await user.click(await byId("batches-all"));
  expect(await byId("batches-failed")).toHaveTextContent("Call your administrator");
  station.state.failures = {};
  await user.click(await byId("batches-failed-retry"));
  expect(await byId("batch-table")).toBeVisible();
});
