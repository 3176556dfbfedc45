import { within } from "@testing-library/react";
import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { author } from "../../../testing/fake-data";
import { byId, byOption, isShown, renderApp } from "../../../testing/render-app";

const draft = "#/master-records/0193fe10-0000-7000-8000-000000000002";
const effective = "#/master-records/0193fe10-0000-7000-8000-000000000001";
const sent = (station: { calls: { command: string; args: Record<string, unknown> }[] }, command: string) =>
  station.calls.filter((call) => call.command === command).map(({ args }) => args);

it("[S88-1] reads as procedure, unit procedure, operation and phase, with limits, roles, signatures and conditions", async () => {
  renderApp({ person: author }, effective);
  const procedure = await byId("procedure");
  expect(procedure).toHaveTextContent("Dispensingin any orderRoom");
  expect(await byId("phase-DSP-020")).toHaveTextContent(
    "2Charge metformin hydrochlorideDSP-020Weigh in the booth and scan the lot." +
      "Material chargeMetformin hydrochloride (RM-100)Limits 169.15 to 170.85 kgtarget 170.00 kgup to 2 decimal places" +
      "signed: performedverified by Production Manager",
  );
  expect(await byId("phase-GRN-010")).toHaveTextContent("done by Production Operatorqualified for SOP-GRN-7");
  expect(await byId("phase-GRN-020")).toHaveTextContent("10:00 to 12:00");
  expect(await byId("phase-DRY-020")).toHaveTextContent("only if {DRY-010} > 1.5[%]");
  expect(await byId("phase-DSP-010")).toHaveTextContent("Not clean (opens a deviation)");
  expect(await byId("master-effective")).toHaveTextContent("02 Jun 2026, 00:00:00 IST");
  expect(await violations()).toEqual([]);
});

it("shows recipe, expected yield and differences, in words", async () => {
  const { user, station } = renderApp({ person: author }, draft);
  await user.click(await byId("tab-recipe"));
  expect(await byId("recipe")).toHaveTextContent("apiMetformin hydrochlorideRM-100170.00 kg± 0.5 %Yes");
  expect(await byId("expected-yield")).toHaveTextContent("(YLD-010): 97.0 to 102.0 %");
  expect(await violations()).toEqual([]);
  await user.click(await byId("tab-compare"));
  expect(await byId("compare-count")).toHaveTextContent("4 changes from version 1 to version 2");
  const changed = await byId("change-GRN-010");
  expect(changed).toHaveTextContent("changedUpper limitBefore 120After 130");
  expect(within(changed).getByRole("deletion")).toHaveTextContent("120");
  expect(await byId("change-GRN-015")).toHaveTextContent("removedBefore Add the water by hand");
  expect(await violations()).toEqual([]);
  expect(sent(station, "compare_master_records")[0]?.compare).toMatchObject({ from: effective.slice(-36) });
});

it("[P11-50] shows each signature with name, meaning, time and zone, and which content it is of", async () => {
  const { user, station } = renderApp({ person: author }, "#/batches");
  const [, first] = station.masterRecords.records[1]?.signatures ?? [];
  if (first) first.is_of_this_content = false;
  window.location.hash = effective;
  await user.click(await byId("tab-signatures"));
  const panel = await byId("master-signatures");
  expect(panel).toHaveTextContent("Signed by John SmithMeaning: performed · 21 May 2026, 13:30:00 ISTYearly review");
  expect(await byId("signature-of-other")).toHaveTextContent("The content was changed after this signature.");
  expect(await byId("master-hash")).toHaveTextContent("1f".repeat(32));
  expect(await violations()).toEqual([]);
});

it("goes from a fault to its place in the procedure", async () => {
  const { user, station } = renderApp({ person: author }, "#/batches");
  const found = station.masterRecords.records[0];
  const path = "/unit_procedures/1/operations/0/phases/0/kind/high";
  if (found) found.faults = [{ path, code: "limits_crossed", detail: "90" }];
  window.location.hash = draft;
  expect(await byId("master-step-submit-reason")).toHaveTextContent(
    "The record has faults. Correct them first; each is listed with its place.",
  );
  await user.click(await byId("tab-signatures"));
  expect(await byId("fault-limits_crossed")).toHaveTextContent("Granulation › Wet mixing › GRN-010 › Upper limit");
  await user.click(within(await byId("fault-limits_crossed")).getByRole("button"));
  expect(await byId("phase-GRN-010")).toHaveFocus();
});

it("[P11-200-1] [S88-2] signs the submission with reason, meaning and both components at first", async () => {
  const { user, station } = renderApp({ person: author, isIdentified: false }, draft);
  await user.click(await byId("master-step-submit"));
  expect(await byId("signature-sentence")).toHaveTextContent(
    "I have prepared version 2 of the master batch record of Metformin HCl 500 mg (MET500) and submit it for review.",
  );
  expect(await byId("signature-meaning")).toHaveTextContent("performed");
  await user.type(await byId("signature-email"), "john.smith@pharma.com");
  await user.type(await byId("signature-password"), "demo123");
  await user.click(await byId("signature-sign"));
  expect(await byId("change-reason")).toHaveAccessibleDescription(/audit trail.*\./);
  expect(sent(station, "take_master_record_step")).toEqual([]);
  expect(await violations()).toEqual([]);
  await user.type(await byId("change-reason"), "Limits after the validation");
  await user.click(await byId("signature-sign"));
  await expect.poll(() => document.querySelector('[data-testid="master-status"]')?.textContent).toBe("In review");
  expect(sent(station, "take_master_record_step")[0]?.step).toMatchObject({
    step: "submit",
    revision: 1,
    reason: "Limits after the validation",
    effectiveOn: null,
    signature: {
      contentHash: "2f".repeat(32),
      email: "john.smith@pharma.com",
      language: "en",
      shownText: expect.stringContaining("version 2") as string,
    },
  });
});

it("[SoD] says why an author does not approve, and makes effective from a day on", async () => {
  const { user, station } = renderApp({ person: author }, "#/batches");
  const found = station.masterRecords.records[0];
  if (found) found.row.status = "In Review";
  station.masterRecords.refusals = { approve: "own_work" };
  window.location.hash = draft;
  expect(await byId("master-step-approve-reason")).toHaveTextContent(
    "You had a part in this. Somebody else must decide.",
  );
  await user.click(await byId("master-step-approve"));
  expect(isShown("signature-sentence")).toBe(false);
  if (found) found.row.status = "Approved";
  station.emit(["master_records"]);
  await user.click(await byId("master-step-make_effective"));
  await user.click(await byId("effective-later"));
  await user.type(await byId("change-reason"), "From December");
  await user.click(await byId("step-take"));
  expect(sent(station, "take_master_record_step")).toEqual([]);
  await user.type(await byId("effective-day"), "2026-12-01");
  expect(await violations()).toEqual([]);
  await user.click(await byId("step-take"));
  await expect.poll(() => document.querySelector('[data-testid="master-status"]')?.textContent).toBe("Effective");
  expect(sent(station, "take_master_record_step")[0]?.step).toMatchObject({
    step: "make_effective",
    effectiveOn: "2026-12-01",
    signature: null,
  });
});

it("begins a new version from this one, exports it and compares with the version that is chosen", async () => {
  const { user, station } = renderApp({ person: author }, effective);
  await user.click(await byId("master-export"));
  await user.click(await byId("export-write"));
  expect(await byId("export-done")).toHaveTextContent("/home/viruj/Downloads/MET500-v2.json");
  await user.click(await byId("export-close"));
  await user.click(await byId("tab-compare"));
  await user.click(await byId("compare-with"));
  await user.click(await byOption("compare-with", "Version 2 · Draft"));
  await user.click(await byId("master-new-version"));
  await user.click(await byId("new-version-save"));
  expect(sent(station, "create_master_record")).toEqual([]);
  await user.type(await byId("change-reason"), "New impeller");
  await user.click(await byId("new-version-save"));
  await byId("editor");
  expect(sent(station, "create_master_record")[0]?.record).toMatchObject({ basedOn: effective.slice(-36) });
});
