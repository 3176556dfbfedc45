import { expect, it } from "vitest";
import { byId, isShown, renderApp } from "../../../testing/render-app";

it("shows what each piece of equipment waits for", async () => {
  renderApp({}, "#/equipment");
  const row = await byId("equipment-row-FBD-01");
  expect(row).toHaveTextContent("FBD-01Fluid-bed dryer 200 kgFluid-bed dryerIdle");
  expect(row).toHaveTextContent("Overdue since 12 Nov 2026");
});

it("offers what the person may do, shows the log, and logs a calibration", async () => {
  const { user, station } = renderApp({}, "#/equipment");
  await user.click(await byId("equipment-row-FBD-01"));
  expect((await byId("equipment-calibration")).dataset.overdue).toBe("true");
  expect(await byId("equipment-log")).toHaveTextContent("Cleaning verified");
  expect(await byId("equipment-log")).toHaveTextContent("Emily Brown");
  expect(isShown("equipment-act-use_begun")).toBe(false);
  await user.click(await byId("equipment-act-calibrated"));
  await user.type(await byId("change-reason"), "Certificate CAL-26-0311");
  await user.click(await byId("form-save"));
  expect(await byId("equipment-act-form")).toHaveTextContent("Fill in this field.");
  await user.type(await byId("act-due"), "2027-05-12");
  await user.click(await byId("form-save"));
  await expect.poll(() => station.calls.some(({ command }) => command === "act_on_equipment")).toBe(true);
  expect(station.calls.find(({ command }) => command === "act_on_equipment")?.args.wanted).toMatchObject({
    id: "equipment-FBD-01",
    revision: 3,
    act: "calibrated",
    calibrationDue: "2027-05-12",
    reason: "Certificate CAL-26-0311",
  });
  await expect.poll(async () => (await byId("equipment-calibration")).dataset.overdue).toBe("false");
});

it("enters a piece of equipment", async () => {
  const { user, station } = renderApp({}, "#/equipment");
  await user.click(await byId("equipment-new"));
  await user.type(await byId("equipment-field-code"), "FBD-02");
  await user.type(await byId("equipment-field-name"), "Fluid-bed dryer 60 kg");
  await user.type(await byId("equipment-field-kind"), "Fluid-bed dryer");
  await user.type(await byId("change-reason"), "commissioned");
  await user.click(await byId("form-save"));
  await expect.poll(() => station.calls.some(({ command }) => command === "create_equipment")).toBe(true);
  expect(station.calls.find(({ command }) => command === "create_equipment")?.args.equipment).toMatchObject({
    code: "FBD-02",
    kind: "Fluid-bed dryer",
    calibrationDue: null,
  });
});
