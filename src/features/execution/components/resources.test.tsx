import { expect, it } from "vitest";
import { metforminBatch } from "../../../testing/fake-data";
import { byId, isShown, renderApp, scan } from "../../../testing/render-app";

const chargeNumber = () => metforminBatch().phases.findIndex(({ task }) => task.type === "material_charge") + 1;

it("refuses an expired lot by scan, and takes another one", async () => {
  const batch = metforminBatch(chargeNumber() - 1);
  const { station, user } = renderApp({ batch }, "#/batches/batch-1");
  station.registers.checks["LOT-OLD"] = {
    refusal: {
      code: "lot_expired",
      values: [
        { name: "lot", value: "LOT-OLD" },
        { name: "day", value: "2026-11-03" },
      ],
    },
    isKnown: true,
  };
  await byId("charge-lot");
  scan("LOT-OLD");
  expect(await byId("resource-refused")).toHaveTextContent(
    "Lot LOT-OLD expired on 03 Nov 2026. Put it aside and take another lot.",
  );
  await user.type(await byId("number-input"), "180.02");
  expect(await byId("primary-action-reason")).toHaveTextContent("This lot may not be charged.");
  await user.click(await byId("primary-action"));
  expect(station.calls.some(({ command }) => command === "record_entry")).toBe(false);
  await user.clear(await byId("charge-lot"));
  await user.type(await byId("charge-lot"), "LOT-NEW");
  await expect.poll(() => isShown("resource-refused")).toBe(false);
  await expect.poll(() => isShown("primary-action-reason")).toBe(false);
});

it("says in the list and on the step what stops it before it is begun", async () => {
  const batch = metforminBatch(chargeNumber() - 1);
  const stopped = batch.phases[chargeNumber() - 1];
  const why = { code: "no_lot_fit", values: [{ name: "material", value: "Povidone K30" }] };
  if (stopped !== undefined) Object.assign(stopped, { waitsFor: why, obstacle: why });
  renderApp({ batch }, "#/batches/batch-1");
  expect(await byId("phase-obstacle")).toHaveTextContent(
    "There is no lot of Povidone K30 that may be charged now. Ask quality assurance to approve one before you begin.",
  );
  expect(await byId(`phase-stopped-${chargeNumber()}`)).toHaveTextContent("no approved lot of Povidone K30");
  expect(isShown("primary-action")).toBe(false);
});
