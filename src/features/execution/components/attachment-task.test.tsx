import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import type { PhaseTask, RecordEntry } from "../../../bridge/bindings";
import { violations } from "../../../testing/axe";
import { metforminBatch } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, renderApp } from "../../../testing/render-app";

const address = "#/batches/batch-1";
const photo = new File(["bytes of a photo"], "pan.png", { type: "image/png" });

/** The third step asks for a file. */
function batchThatAsks(accepts: Extract<PhaseTask, { type: "attachment" }>["accepts"] = "photo") {
  const batch = metforminBatch(2);
  const phase = batch.phases[2];
  if (phase === undefined) throw new Error("the batch has a third step");
  Object.assign(phase, { signature: null, correctionSignature: null, task: { type: "attachment", accepts } });
  return batch;
}

it("a photo is looked at before it is recorded", async () => {
  const { user, station } = renderApp({ batch: batchThatAsks() }, address);
  expect(await byId("primary-action-reason")).toHaveTextContent("Choose a file first.");
  await user.upload(await byId("attachment-file"), photo);
  expect(await byId("attachment-chosen")).toHaveTextContent("pan.png");
  expect(screen.getByRole("img", { name: "Preview of pan.png" })).toHaveAttribute(
    "src",
    expect.stringMatching(/^data:/),
  );
  expect(await violations()).toEqual([]);
  await user.click(await byId("primary-action"));
  await waitFor(() => expect(station.calls.some(({ command }) => command === "record_entry")).toBe(true));
  const sent = station.calls.find(({ command }) => command === "record_entry")?.args.entry as RecordEntry;
  expect(sent.entry).toEqual({ type: "attach", fileName: "pan.png", content: btoa("bytes of a photo") });
});

it("a file that is too large is refused before it is read, and the one chosen before is gone", async () => {
  const { user } = renderApp({ batch: batchThatAsks() }, address);
  await user.upload(await byId("attachment-file"), photo);
  await byId("attachment-chosen");
  const large = new File([new Uint8Array(10 * 1024 * 1024 + 1)], "large.png", { type: "image/png" });
  await user.upload(await byId("attachment-file"), large);
  expect(await byId("attachment-problem")).toHaveTextContent("larger than 10 MB");
  expect(screen.queryByTestId("attachment-chosen")).toBeNull();
  expect(await byId("primary-action-reason")).toHaveTextContent("Choose a file first.");
});

it("what the station refuses is said, and the file stays chosen", async () => {
  const failures = { record_entry: failure("attachment_hides_another") };
  const { user } = renderApp({ batch: batchThatAsks(), failures }, address);
  await user.upload(await byId("attachment-file"), photo);
  await byId("attachment-chosen");
  await user.click(await byId("primary-action"));
  expect(await byId("record-error")).toHaveTextContent("Something else hides in this file");
  expect(await byId("attachment-chosen")).toHaveTextContent("pan.png");
  await user.upload(await byId("attachment-file"), new File(["x"], "other.png", { type: "image/png" }));
  await waitFor(() => expect(screen.queryByTestId("record-error")).toBeNull());
});

it("the record says what the file is and writes a copy", async () => {
  const batch = metforminBatch(3);
  const entry = batch.phases[2]?.entries[0];
  if (entry === undefined) throw new Error("the third step has an entry");
  const file = { mediaType: "image/png", sizeBytes: 20480, sha256: "5f".repeat(32) } as const;
  Object.assign(entry, { kind: "attached", text: "pan.png", value: null, file });
  const { user, station } = renderApp({ batch }, address);
  await user.click(await byId("phase-row-3"));
  expect(await byId("entry-file")).toHaveTextContent("PNG · 20 KB · SHA-256 5f5f5f5f5f5f…");
  await user.click(await byId("entry-file-save"));
  expect(await byId("entry-file-saved")).toHaveTextContent("MET-26-007-step-3");
  expect(station.calls.at(-1)?.args).toMatchObject({ batchId: batch.id, operationId: entry.operationId });
});

it("says why a copy was not written", async () => {
  const batch = metforminBatch(3);
  const file = { mediaType: "application/pdf", sizeBytes: 900, sha256: "5f".repeat(32) } as const;
  Object.assign(batch.phases[2]?.entries[0] ?? {}, { kind: "attached", text: "weights.pdf", value: null, file });
  const { user } = renderApp({ batch, failures: { save_attachment: failure("server_unreachable") } }, address);
  await user.click(await byId("phase-row-3"));
  await user.click(await byId("entry-file-save"));
  expect(await byId("entry-file-failed")).toHaveTextContent(/server/i);
});
