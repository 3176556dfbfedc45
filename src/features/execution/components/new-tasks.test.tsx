import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import type { PhaseTask, PhaseView, RecordEntry } from "../../../bridge/bindings";
import { metforminBatch } from "../../../testing/fake-data";
import type { FakeStation } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const address = "#/batches/batch-1";

/** The metformin batch with its third step changed. */
function batchWith(change: Partial<PhaseView>) {
  const batch = metforminBatch(2);
  const phase = batch.phases[2];
  if (phase === undefined) throw new Error("the batch has a third step");
  Object.assign(phase, { signature: null, correctionSignature: null }, change);
  return batch;
}

const recorded = (station: FakeStation) =>
  station.calls
    .filter(({ command }) => command === "record_entry")
    .map(({ args }) => args.entry as RecordEntry)
    .at(-1);

async function press(user: ReturnType<typeof renderApp>["user"]) {
  await waitFor(() => expect(screen.getByTestId("primary-action")).toBeEnabled());
  await user.click(await byId("primary-action"));
}

it("an answer that is not expected is kept with a reason only", async () => {
  const options = [
    { text: "Clean", isExpected: true },
    { text: "Not clean", isExpected: false },
  ];
  const { user, station } = renderApp({ batch: batchWith({ task: { type: "choice", options } }) }, address);
  expect(await byId("primary-action-reason")).toHaveTextContent("Choose an answer first.");
  await user.click(screen.getByRole("radio", { name: "Not clean" }));
  await press(user);
  expect(recorded(station)).toBeUndefined();
  await user.type(await byId("decision-reason"), "A spot at the lid");
  await user.click(await byId("decision-keep"));
  await waitFor(() => expect(recorded(station)).toMatchObject({ reason: "A spot at the lid" }));
  expect(recorded(station)?.entry).toEqual({ type: "choose", option: "Not clean" });
});

it.each<[PhaseTask, string, RecordEntry["entry"]]>([
  [{ type: "text", longest: 20 }, "All well", { type: "write_text", text: "All well" }],
  [{ type: "date" }, "2026-12-01", { type: "enter_date", date: "2026-12-01" }],
  [
    { type: "equipment_use", equipmentClass: "Mixer", mustBeClean: true },
    "MX-7",
    { type: "use_equipment", equipment: "MX-7" },
  ],
  [{ type: "cleaning_check", equipmentClass: "Mixer" }, "MX-7", { type: "find_clean", equipment: "MX-7" }],
])("what is written for %o is recorded as it stands", async (task, text, entry) => {
  const { user, station } = renderApp({ batch: batchWith({ task }) }, address);
  await user.type(await byId("written-text"), text);
  await press(user);
  await waitFor(() => expect(recorded(station)?.entry).toEqual(entry));
});

it("a calculation outside its limits asks first", async () => {
  const number = { unit: "%", places: 1, low: "97.0", target: null, high: "102.0", device: null };
  const task = { type: "calculation", number, expression: "{A} / {B}", result: "96.2", check: "below" } as const;
  const { user, station } = renderApp({ batch: batchWith({ task }) }, address);
  expect(await byId("calculation-result")).toHaveTextContent("96.2 %");
  await press(user);
  expect(await byId("decision-statement")).toHaveTextContent("96.2 % is below the lower limit of 97.0 %");
  await user.type(await byId("decision-reason"), "Spilled");
  await user.click(await byId("decision-keep"));
  await waitFor(() => expect(recorded(station)).toMatchObject({ entry: { type: "calculate" }, reason: "Spilled" }));
});

it("[SoD] a second person sees what was recorded and signs that it is verified", async () => {
  const done = metforminBatch(3).phases[2];
  const batch = batchWith({
    status: "Requires Approval",
    turn: "verify",
    signature: "verified",
    entries: done?.entries ?? [],
  });
  const { user } = renderApp({ batch }, address);
  expect(await byId("looked-at")).toHaveTextContent("David Chen");
  await press(user);
  expect(await byId("signature-meaning")).toHaveTextContent("verified");
});

it("[P11-50] a correction is signed as performed, also while the old value awaits its verification", async () => {
  const done = metforminBatch(3).phases[2];
  const entries = (done?.entries ?? []).map((entry) => ({ ...entry, canBeCorrected: true }));
  const batch = batchWith({
    status: "Requires Approval",
    turn: "verify",
    signature: "verified",
    correctionSignature: "performed",
    waitsFor: { code: "same_person", values: [] },
    task: { type: "confirmation" },
    entries,
  });
  const { user, station } = renderApp({ batch }, address);
  await user.click(await byId("correct-entry"));
  await user.type(await byId("decision-reason"), "Read from the wrong display");
  await user.click(await byId("decision-keep"));
  expect(await byId("correction-notice")).toHaveTextContent("Read from the wrong display");
  await press(user);
  expect(await byId("signature-meaning")).toHaveTextContent("performed");
  await user.type(await byId("signature-email"), "david.chen@pharma.com");
  await user.type(await byId("signature-password"), "demo123{Enter}");
  await waitFor(() =>
    expect(recorded(station)).toMatchObject({
      corrects: entries[0]?.operationId,
      reason: "Read from the wrong display",
    }),
  );
  await waitFor(() => expect(isShown("correction-notice")).toBe(false));
});
