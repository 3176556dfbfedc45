import { expect, it } from "vitest";
import { qualification } from "../../../testing/fake-registers";
import { byId, byOption, isShown, renderApp } from "../../../testing/render-app";

it("shows who is qualified for what, and what has run out", async () => {
  renderApp({}, "#/qualifications");
  expect(await byId("qualification-row-SOP-DSP-004-prod-op-1")).toHaveTextContent(
    "Dispensing of raw materialsSOP-DSP-004David ChenValid30 Sept 2027",
  );
  expect(await byId("qualification-row-SOP-CLN-002-prod-op-1")).toHaveTextContent("Run out");
});

it("qualifies a person with a reason", async () => {
  const { user, station } = renderApp({}, "#/qualifications");
  await user.click(await byId("qualifications-new"));
  await user.click(await byId("qualification-field-person"));
  await user.click(await byOption("qualification-field-person", "David Chen · Production Operator"));
  await user.type(await byId("qualification-field-code"), "SOP-CMP-011");
  await user.type(await byId("qualification-field-title"), "Set-up of the tablet press");
  await user.type(await byId("qualification-field-until"), "2027-11-23");
  await user.type(await byId("change-reason"), "assessed on the press");
  await user.click(await byId("form-save"));
  await expect.poll(() => station.calls.some(({ command }) => command === "grant_qualification")).toBe(true);
  expect(station.calls.find(({ command }) => command === "grant_qualification")?.args.grant).toMatchObject({
    personId: "prod-op-1",
    procedureCode: "SOP-CMP-011",
    validUntil: "2027-11-23",
  });
});

it("withdraws one, and renews nobody's own", async () => {
  const { user, station } = renderApp({}, "#/qualifications");
  station.registers.qualifications = [qualification("SOP-DSP-004", { isOwn: true })];
  await user.click(await byId("qualification-row-SOP-DSP-004-prod-op-1"));
  expect(await byId("qualification-renew-reason")).toHaveTextContent("Nobody qualifies themselves.");
  await user.click(await byId("qualification-withdraw"));
  await user.type(await byId("change-reason"), "changed departments");
  await user.click(await byId("form-save"));
  await expect.poll(() => station.calls.some(({ command }) => command === "change_qualification")).toBe(true);
  expect(station.calls.find(({ command }) => command === "change_qualification")?.args.change).toMatchObject({
    validUntil: null,
    reason: "changed departments",
  });
  expect(isShown("qualification-new-until")).toBe(false);
});
