import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { author, operator, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const warehouse = {
  ...operator,
  menu: [...operator.menu, { section: "Materials", label: "Lots", screen: "lots" as const }],
};

it("opens by Ctrl-K, finds batches by the beginnings of their words and goes there by keyboard", async () => {
  const { user } = renderApp({}, "#/batches");
  await byId("search-open");
  await user.keyboard("{Control>}k{/Control}");
  expect(await byId("search-text")).toHaveFocus();
  await user.keyboard("met-26-0143");
  expect(await byId("search-hit-batch-batch-2")).toHaveTextContent(/^MET-26-0143/);
  expect(await violations()).toEqual([]);
  await user.keyboard("{Enter}");
  await waitFor(() => expect(window.location.hash).toBe("#/batches/batch-2"));
  expect(isShown("search")).toBe(false);
});

it("walks with the arrows and tells which one is meant", async () => {
  const { user } = renderApp({}, "#/batches");
  await user.click(await byId("search-open"));
  await user.keyboard("met");
  await byId("search-hit-batch-batch-1");
  await user.keyboard("{ArrowDown}");
  await waitFor(() =>
    expect(document.querySelector("[data-combobox-selected]")).toHaveAttribute("value", "batch-batch-2"),
  );
  expect(await byId("search-text")).toHaveAttribute(
    "aria-activedescendant",
    document.querySelector("[data-combobox-selected]")?.id,
  );
});

it("opens what a scanner names, however fast its Enter comes", async () => {
  const { station } = renderApp({ person: warehouse }, "#/batches");
  fireEvent.click(await byId("search-open"));
  const field = await byId("search-text");
  fireEvent.change(field, { target: { value: "LOT-MET-0425" } });
  fireEvent.keyDown(field, { key: "Enter", code: "Enter" });
  await waitFor(() => expect(window.location.hash).toContain("#/lots?lot=lot-LOT-MET-0425"));
  expect(await byId("lot-status")).toBeInTheDocument();
  expect(station.calls.some(({ command }) => command === "find")).toBe(true);
});

it("shows what the role may do, and nothing that it has no screen for", async () => {
  const { user } = renderApp({}, "#/batches");
  await user.click(await byId("search-open"));
  expect(await byId("search-hit-action-my_batches")).toHaveTextContent("My BatchesExecution");
  await user.keyboard("lot-met");
  expect(await byId("search-nothing")).toHaveTextContent("Nothing fits “lot-met”");
  expect(isShown("search-documents-missing")).toBe(false);
  await user.keyboard("{Escape}");
  expect(isShown("search")).toBe(false);
  await user.click(await byId("search-open"));
  await user.keyboard("change{Enter}");
  expect(await byId("change-person-sheet")).toBeInTheDocument();
});

it("finds documents at the server, and says so when it is not there", async () => {
  const { user, station } = renderApp({ person: author }, "#/master-records");
  await user.click(await byId("search-open"));
  await user.keyboard("metf");
  await waitFor(() => expect(screen.queryAllByTestId(/^search-hit-document-/)).not.toHaveLength(0));
  station.state.failures.list_master_records = failure("server_unreachable");
  station.state.status = {
    ...readyStatus,
    connection: { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" },
  };
  station.emit(["status"]);
  expect(await byId("search-documents-missing")).toHaveTextContent("searched again when it answers");
  expect(screen.queryAllByTestId(/^search-hit-document-/)).toHaveLength(0);
});

it("opens no document of other words, however fast Enter comes", async () => {
  const { user } = renderApp({ person: author }, "#/master-records");
  await user.click(await byId("search-open"));
  await user.keyboard("metf");
  await waitFor(() => expect(screen.queryAllByTestId(/^search-hit-document-/)).not.toHaveLength(0));
  const field = await byId("search-text");
  fireEvent.change(field, { target: { value: "account" } });
  fireEvent.keyDown(field, { key: "Enter", code: "Enter" });
  await waitFor(() => expect(window.location.hash).not.toBe("#/master-records"));
  expect(window.location.hash).toBe("#/profile");
});

it("says why nothing can be searched", async () => {
  const { user } = renderApp({ failures: { find: failure("store_failed") } }, "#/batches");
  await user.click(await byId("search-open"));
  await user.keyboard("met");
  expect(await byId("search-failed")).not.toBeEmptyDOMElement();
});

it("stays closed while something is signed or answered", async () => {
  const { user } = renderApp({}, "#/batches");
  await user.click(await byId("person-menu"));
  await user.click(await byId("change-person"));
  await byId("change-person-sheet");
  await user.keyboard("{Control>}k{/Control}");
  expect(isShown("search")).toBe(false);
});
