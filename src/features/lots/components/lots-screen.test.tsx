import { expect, it } from "vitest";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

it("shows the lots with their status, and one past its date as such", async () => {
  renderApp({}, "#/lots");
  expect(await byId("lot-row-LOT-MET-0417")).toHaveTextContent(
    "LOT-MET-0417AFC-LOT-MET-0417Metformin HydrochlorideRM-1001Approved250.00 kg17 May 2028",
  );
  expect(await byId("lot-row-LOT-MET-0389")).toHaveTextContent("Past its date");
  expect(await byId("lot-row-LOT-MET-0425")).toHaveTextContent("Quarantine");
});

it("decides about a lot with a reason, and says why it cannot be decided otherwise", async () => {
  const { user, station } = renderApp({}, "#/lots");
  await user.click(await byId("lot-row-LOT-MET-0425"));
  expect(await byId("lot-decide-rejected-reason")).not.toBeEmptyDOMElement();
  expect(isShown("lot-decide-pending")).toBe(false);
  await user.click(await byId("lot-decide-approved"));
  expect(await byId("decide-lot")).toHaveTextContent("Lot LOT-MET-0425 may be charged into batches from now on.");
  await user.click(await byId("form-save"));
  expect(await byId("decide-lot")).toHaveTextContent("the change needs a reason");
  await user.type(await byId("change-reason"), "certificate checked");
  await user.click(await byId("form-save"));
  await expect.poll(() => station.calls.filter(({ command }) => command === "decide_on_lot").length).toBe(1);
  expect(station.calls.find(({ command }) => command === "decide_on_lot")?.args.decision).toEqual({
    id: "lot-LOT-MET-0425",
    revision: 1,
    status: "Approved",
    reason: "certificate checked",
  });
  await expect.poll(async () => (await byId("lot-status")).dataset.status).toBe("Approved");
});

it("enters a lot and keeps every digit that was typed", async () => {
  const { user, station } = renderApp({}, "#/lots");
  await user.click(await byId("lots-new"));
  await user.type(await byId("lot-field-number"), "LOT-POV-0007");
  await user.click(await byId("form-save"));
  expect(await byId("new-lot-form")).toHaveTextContent("Fill in this field.");
  await user.type(await byId("lot-field-material-code"), "RM-1002");
  await user.type(await byId("lot-field-material"), "Povidone K30");
  await user.type(await byId("lot-field-quantity"), "25.50");
  await user.type(await byId("lot-field-expires"), "2028-01-31");
  await user.type(await byId("change-reason"), "delivery of today");
  await user.click(await byId("form-save"));
  await expect.poll(() => station.calls.some(({ command }) => command === "create_lot")).toBe(true);
  expect(station.calls.find(({ command }) => command === "create_lot")?.args.lot).toMatchObject({
    number: "LOT-POV-0007",
    materialCode: "RM-1002",
    material: "Povidone K30",
    details: { quantity: "25.50", unit: "kg", expiresOn: "2028-01-31", retestOn: null, decimalSeparator: "." },
    reason: "delivery of today",
  });
});

it("says beside the field what is wrong with it", async () => {
  const failures = { create_lot: failure("number_taken") };
  const { user } = renderApp({ failures }, "#/lots");
  await user.click(await byId("lots-new"));
  for (const [field, text] of [
    ["lot-field-number", "LOT-MET-0417"],
    ["lot-field-material-code", "RM-1001"],
    ["lot-field-material", "Metformin"],
    ["lot-field-quantity", "1"],
    ["change-reason", "delivery"],
  ] as const) {
    await user.type(await byId(field), text);
  }
  await user.click(await byId("form-save"));
  await expect
    .poll(async () => (await byId("new-lot-form")).textContent)
    .toContain("There is a lot with this number already.");
  expect(isShown("change-error")).toBe(false);
});

it("says that the list needs the server", async () => {
  renderApp({ failures: { list_lots: failure("server_unreachable") } }, "#/lots");
  expect(await byId("lots-failed")).toHaveTextContent("The lots cannot be shown");
});
