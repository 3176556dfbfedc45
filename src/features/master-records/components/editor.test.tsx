import { within } from "@testing-library/react";
import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { author } from "../../../testing/fake-data";
import { byId, byOption, isShown, renderApp } from "../../../testing/render-app";

const id = "0193fe10-0000-7000-8000-000000000002";
const address = `#/master-records/${id}/edit`;
const impeller = "/unit_procedures/1/operations/0/phases/0";
const sent = (station: { calls: { command: string; args: Record<string, unknown> }[] }, command: string) =>
  station.calls.filter((call) => call.command === command).map(({ args }) => args);
const row = (path: string) => document.querySelector<HTMLElement>(`[data-row="${path}"]`) as HTMLElement;

async function openEditor() {
  const app = renderApp({ person: author }, address);
  await byId("editor-tree");
  return app;
}

it("[S88-1] changes a limit, hears what is wrong beside the field and in the tree, and mends it", async () => {
  const { user, station } = await openEditor();
  await user.click(row(impeller));
  const high = await byId("field-high");
  await user.clear(high);
  await user.type(high, "80");
  await expect.poll(() => row(impeller).dataset.faults).toBe("1");
  expect(high).toHaveAccessibleDescription("It must not be below 90.");
  expect(row("/unit_procedures/1").dataset.faults).toBe("1");
  expect(await violations()).toEqual([]);
  await user.click(row(""));
  await user.click(await byId("editor-faults"));
  expect(await violations()).toEqual([]);
  await user.click(within(await byId("fault-limits_crossed")).getByRole("button"));
  await expect.poll(() => document.activeElement).toBe(await byId("field-high"));
  await user.clear(await byId("field-high"));
  await user.type(await byId("field-high"), "125");
  await expect.poll(() => row(impeller).dataset.faults).toBe("0");
  await user.click(await byId("editor-save"));
  await user.type(await byId("change-reason"), "Narrower");
  await user.click(await byId("save-press"));
  await expect.poll(async () => (await byId("editor-state")).dataset.changed).toBe("false");
  const [{ edit }] = sent(station, "edit_master_record") as [{ edit: { procedure: object; revision: number } }];
  expect(edit).toMatchObject({ id, revision: 1, reason: "Narrower" });
  expect(JSON.stringify(edit.procedure)).toContain('"high":"125"');
});

it("a number that cannot be read is said at once and is not sent", async () => {
  const { user, station } = await openEditor();
  await user.click(row(impeller));
  await user.clear(await byId("field-low"));
  await user.type(await byId("field-low"), "9o");
  expect(await byId("field-low")).toHaveAccessibleDescription("That is not a number.");
  expect(await byId("editor-save-reason")).toHaveTextContent("1 number cannot be read.");
  await user.clear(await byId("field-places"));
  expect(await byId("editor-save-reason")).toHaveTextContent("2 numbers cannot be read.");
  const asked = sent(station, "check_procedure").map((args) => JSON.stringify(args));
  expect(asked.filter((text) => text.includes("9o"))).toEqual([]);
  // The way back brings the readable ones again.
  await user.click(await byId("editor-undo"));
  await user.click(await byId("editor-undo"));
  expect(await byId("field-low")).toHaveValue("90");
});

it("adds, moves and removes parts by buttons and keys, and takes it back", async () => {
  const { user } = await openEditor();
  await user.click(row(impeller));
  await user.click(await byId("part-add"));
  await user.click(await byId("part-add-phase"));
  const added = "/unit_procedures/1/operations/0/phases/1";
  expect((await byId("part-form")).dataset.part).toBe(added);
  expect(await byId("field-key")).toHaveValue("P-010");
  await user.type(await byId("field-title"), "Add water");
  expect(row(added)).toHaveTextContent("5Add water");
  await user.click(await byId("part-up"));
  expect(row(impeller)).toHaveTextContent("4Add water");
  row(impeller).focus();
  await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
  expect(row(added)).toHaveTextContent("Add water");
  await user.click(await byId("part-remove"));
  expect(document.querySelector('[data-testid="editor-tree"]')).not.toHaveTextContent("Add water");
  row(added).focus();
  await user.keyboard("{Control>}z{/Control}");
  expect(row(added)).toHaveTextContent("Add water");
  await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
  expect(document.querySelector('[data-testid="editor-tree"]')).not.toHaveTextContent("Add water");
});

it("a new key is followed by what names the phase", async () => {
  const { user } = await openEditor();
  await user.click(row("/unit_procedures/1/operations/1/phases/0"));
  await user.clear(await byId("field-key"));
  await user.type(await byId("field-key"), "LOD-1{Enter}");
  await user.click(row("/unit_procedures/1/operations/1/phases/1"));
  expect(await byId("field-only_if")).toHaveValue("{LOD-1} > 1.5[%]");
});

it("every kind of phase has its form, and axe finds nothing wrong in it", async () => {
  const { user } = await openEditor();
  await user.click(row(impeller));
  const fields: [string, string][] = [
    ["Confirmation", "field-instruction"],
    ["In-process check", "field-high"],
    ["Material charge", "field-line"],
    ["Timer", "field-maximum_seconds"],
    ["Text", "field-longest"],
    ["Choice", "option-add"],
    ["Date", "field-title"],
    ["Use of equipment", "field-must_be_clean"],
    ["Cleaning check", "field-equipment_class"],
    ["Sample request", "field-tests"],
    ["Check by a second person", "field-of"],
    ["Calculation", "field-expression"],
  ];
  for (const [kind, field] of fields) {
    await user.click(await byId("field-kind"));
    await user.click(await byOption("field-kind", kind));
    await byId(field);
    expect(await violations((await byId("part-form")).parentElement ?? undefined), kind).toEqual([]);
  }
}, 60_000);

it("head, recipe lines and groups have their forms", async () => {
  const { user } = await openEditor();
  expect(await byId("field-batch_size")).toHaveValue("200.00");
  expect(await violations()).toEqual([]);
  await user.click(row("/recipe/0"));
  expect(await byId("field-tolerance_percent")).toHaveValue("0.5");
  expect(await violations()).toEqual([]);
  await user.click(row("/unit_procedures/0"));
  await user.click(await byId("field-arrangement"));
  await user.click(await byOption("field-arrangement", "one after the other"));
  await user.click(await byId("field-only_if"));
  await user.paste("{DRY-010} > 1[%]");
  expect(await byId("field-only_if")).toHaveValue("{DRY-010} > 1[%]");
  await user.clear(await byId("field-only_if"));
  expect(await violations()).toEqual([]);
}, 60_000);

it("keeps what was typed when somebody else was faster, and saves it in the place of theirs", async () => {
  const { user, station } = await openEditor();
  const product = await byId("field-product");
  await user.clear(product);
  await user.type(product, "Metformin mine");
  station.masterRecords.saveElsewhere(id, "Metformin theirs");
  await user.click(await byId("editor-save"));
  await user.type(await byId("change-reason"), "Name");
  await user.click(await byId("save-press"));
  expect(await byId("save-error")).toHaveTextContent("Nothing that you typed is lost.");
  await user.click(await byId("save-cancel"));
  expect(await byId("field-product")).toHaveValue("Metformin mine");
  await user.click(await byId("newer-show"));
  expect(await violations()).toEqual([]);
  await user.click(await byId("newer-keep"));
  await user.click(await byId("editor-save"));
  await user.type(await byId("change-reason"), "Name after looking at theirs");
  await user.click(await byId("save-press"));
  await expect.poll(() => station.masterRecords.records[0]?.row.product).toBe("Metformin mine");
});

it("takes theirs when the author gives up the own text", async () => {
  const { user, station } = await openEditor();
  await user.type(await byId("field-product"), " mine");
  station.masterRecords.saveElsewhere(id, "Metformin theirs");
  station.emit(["master_records"]);
  await user.click(await byId("newer-show"));
  await user.click(await byId("newer-take"));
  expect(await byId("field-product")).toHaveValue("Metformin theirs");
  expect(isShown("newer")).toBe(false);
});

it("asks before unsaved text is left", async () => {
  const { user } = await openEditor();
  await user.type(await byId("field-product"), " XR");
  await user.click(await byId("editor-back"));
  await user.click(await byId("leave-stay"));
  expect(await byId("field-product")).toHaveValue("Metformin HCl 500 mg XR");
  await user.click(await byId("menu-master-records"));
  await user.click(await byId("leave-go"));
  await byId("masters");
});

it("signing out asks first as well", async () => {
  const { user, station } = await openEditor();
  await user.type(await byId("field-batch_size"), "5");
  await user.click(await byId("person-menu"));
  await user.click(await byId("sign-out"));
  await user.click(await byId("leave-stay"));
  expect(await byId("field-batch_size")).toHaveValue("200.005");
  expect(station.calls.some(({ command }) => command === "sign_out")).toBe(false);
  await user.click(await byId("person-menu"));
  await user.click(await byId("sign-out"));
  await user.click(await byId("leave-go"));
  expect(await byId("sign-in")).toBeVisible();
});

it("shows the phase as the operator will see it, in both densities", async () => {
  const { user } = await openEditor();
  await user.click(await byId("editor-preview"));
  await byId("preview-none");
  await user.click(row(impeller));
  const panel = await byId("preview-panel");
  expect(panel).toHaveTextContent(
    "Step 4Record the impeller speedSet the impeller to 110 rpm and read the display after one minute.",
  );
  expect(panel).toHaveTextContent("90130Limits 90 to 130 rpm · target 110 rpm · whole number");
  expect(panel.dataset.density).toBe("comfortable");
  await user.click(await byId("preview-compact"));
  expect((await byId("preview-panel")).dataset.density).toBe("compact");
  expect(await violations()).toEqual([]);
  for (const { dataset } of document.querySelectorAll<HTMLElement>('[data-kind="phase"]')) {
    row(dataset.row ?? "").click();
    expect(await byId("preview-panel")).not.toBeEmptyDOMElement();
  }
});
