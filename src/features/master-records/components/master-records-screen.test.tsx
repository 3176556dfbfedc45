import { fireEvent } from "@testing-library/react";
import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { author, operator, readyStatus } from "../../../testing/fake-data";
import { metforminProcedure } from "../../../testing/fake-master-records";
import { failure } from "../../../testing/fake-station";
import { byId, byOption, isShown, renderApp } from "../../../testing/render-app";

const asAuthor = { person: author };
const sent = (station: { calls: { command: string; args: Record<string, unknown> }[] }, command: string) =>
  station.calls.filter((call) => call.command === command).map(({ args }) => args);
const file = (text: string) => new File([text], "record.json", { type: "application/json" });

it("lists versions with status, effective date, author and start, and filters them", async () => {
  const { user, station } = renderApp(asAuthor, "#/master-records");
  expect(await byId("master-row-MET500-1")).toHaveTextContent(
    "Metformin HCl 500 mgMET5001Effective02 Jun 2026John Smith20 May 2026",
  );
  expect(await byId("master-row-MET500-2")).toHaveTextContent("2Draftnot yet");
  expect(await violations()).toEqual([]);
  await user.click(await byId("masters-status"));
  await user.click(await byOption("masters-status", "Withdrawn"));
  await byId("masters-no-match");
  await user.click(await byId("masters-clear"));
  await user.type(await byId("masters-search"), "met5");
  await expect.poll(() => sent(station, "list_master_records").at(-1)?.query).toMatchObject({ search: "met5" });
  await user.click(await byId("master-row-MET500-1"));
  await byId("master-head");
});

it("[S88-1] begins a record with its head and goes on in the editor", async () => {
  const { user, station } = renderApp(asAuthor, "#/master-records");
  await user.click(await byId("masters-new"));
  await user.type(await byId("new-master-size"), "12 kg");
  await user.click(await byId("new-master-save"));
  expect(await byId("new-master-product")).toHaveAccessibleDescription(/./);
  expect(await byId("new-master-size")).toHaveAccessibleDescription("That is not a number.");
  expect(await violations()).toEqual([]);
  expect(sent(station, "create_master_record")).toEqual([]);
  await user.type(await byId("new-master-product"), "Ibuprofen 400 mg");
  await user.type(await byId("new-master-code"), "IBU400");
  await user.clear(await byId("new-master-size"));
  await user.type(await byId("new-master-size"), "120.50");
  await user.type(await byId("change-reason"), "New product");
  await user.click(await byId("new-master-save"));
  await byId("editor");
  const [{ record: begun }] = sent(station, "create_master_record") as [{ record: object }];
  expect(begun).toMatchObject({ basedOn: null, reason: "New product", procedure: { batch_size: "120.50" } });
});

it("names every fault of a file with its place, and imports nothing of it", async () => {
  const { user, station } = renderApp(asAuthor, "#/master-records");
  station.masterRecords.importFaults = [
    { path: "/batch_size", code: "wrong_type", detail: "a decimal as text" },
    { path: "/unit_procedures/0/operations/0/phases/3/kind/type", code: "unknown_word", detail: "stir" },
  ];
  await user.click(await byId("masters-import"));
  await user.click(await byId("import-save"));
  expect(await byId("import-master")).toHaveTextContent("Choose the file first.");
  fireEvent.change(await byId("import-file"), { target: { files: [file("{}")] } });
  await user.type(await byId("change-reason"), "From Dublin");
  await user.click(await byId("import-save"));
  expect(await byId("import-refused")).toHaveTextContent("The file has 2 faultsNothing was imported.");
  expect(await byId("fault-list")).toHaveTextContent("/unit_procedures/0/operations/0/phases/3/kind/type");
  expect(await byId("fault-unknown_word")).toHaveTextContent("This word is not known here. stir");
  expect(await violations()).toEqual([]);
  station.masterRecords.importFaults = [];
  fireEvent.change(await byId("import-file"), {
    target: { files: [file(JSON.stringify({ procedure: metforminProcedure }))] },
  });
  await user.click(await byId("import-save"));
  await byId("master-head");
  expect(sent(station, "import_master_record").at(-1)).toMatchObject({ file: { reason: "From Dublin" } });
});

it("says how the first record comes to be, to authors and to readers", async () => {
  const { station, unmount } = renderApp(asAuthor, "#/batches");
  station.masterRecords.records = [];
  window.location.hash = "#/master-records";
  expect(await byId("masters-empty")).toHaveTextContent("Press “New master record”");
  unmount();
  const reader = renderApp({ person: { ...operator, menu: author.menu } }, "#/batches");
  reader.station.masterRecords.records = [];
  reader.station.masterRecords.mayAuthor = false;
  window.location.hash = "#/master-records";
  expect(await byId("masters-empty")).toHaveTextContent("when the production head begins it");
  expect(isShown("masters-new")).toBe(false);
});

it("says what is wrong and what is open without the server", async () => {
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  renderApp(
    {
      ...asAuthor,
      status: { ...readyStatus, connection },
      failures: { list_master_records: failure("server_unreachable") },
    },
    "#/master-records",
  );
  expect(await byId("masters-failed")).toHaveTextContent("Batches that were begun stay open to you.");
});
