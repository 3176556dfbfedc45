import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import type { RecordEntry } from "../../../bridge/bindings";
import { metforminBatch, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const address = "#/batches/batch-1";

it("asks for email and password first, then for the password, and prints the signature", async () => {
  const { user, station } = renderApp({ batch: metforminBatch(5) }, address);
  await user.type(await byId("number-input"), "1.85{Enter}");
  expect(await byId("signature-sentence")).toHaveTextContent(
    "Batch MET-26-0142, step 6 “In-process check: loss on drying”: 1.85 % recorded.",
  );
  expect(await byId("signature-meaning")).toHaveTextContent("performed");
  expect(await byId("signature-name")).toHaveTextContent("David Chen");
  expect(await byId("signature-sign-reason")).toHaveTextContent("Type your email and password to sign.");

  await user.type(await byId("signature-email"), "david.chen@pharma.com");
  await user.type(await byId("signature-password"), "wrong{Enter}");
  expect(await byId("signature-error")).toHaveTextContent("The password is wrong. Nothing was recorded.");
  await waitFor(() => expect(screen.getByTestId("signature-password")).toHaveValue(""));
  await user.type(await byId("signature-password"), "demo123{Enter}");
  expect(await byId("signature-stamp-name")).toHaveTextContent("Signed by David Chen");
  expect(await byId("signature-stamp-time")).toHaveTextContent(/\d\d:\d\d:\d\d IST$/);
  const signatures = () =>
    station.calls
      .filter((call) => call.command === "record_entry")
      .map((call) => (call.args.entry as RecordEntry).signature);
  expect(signatures().at(-1)).toEqual({ email: "david.chen@pharma.com", password: "demo123" });

  await user.type(await byId("sample-container"), "CN-00817");
  await waitFor(() => expect(screen.getByTestId("primary-action")).toBeEnabled());
  await user.click(await byId("primary-action"));
  await waitFor(() => expect(screen.getByTestId("phase-title")).toHaveTextContent("Verify the end of drying"));
  await waitFor(() => expect(screen.getByTestId("primary-action")).toBeEnabled());
  await user.click(await byId("primary-action"));
  await user.type(await byId("signature-password"), "demo123");
  expect(isShown("signature-email")).toBe(false);

  station.state.failures.record_entry = failure("identification_required");
  await user.click(await byId("signature-sign"));
  expect(await byId("signature-email")).toBeVisible();
  expect(await byId("signature-error")).toHaveTextContent("needs email and password");
  expect(await byId("signature-password")).toHaveValue("demo123");
  station.state.failures = {};
  await user.type(await byId("signature-email"), "david.chen@pharma.com");
  await user.click(await byId("signature-sign"));
  await waitFor(() => expect(screen.getByTestId("phase-title")).toHaveTextContent("Check tooling"));
  expect(signatures().at(-1)).toEqual({ email: "david.chen@pharma.com", password: "demo123" });
});

it("takes no tap for the step that has just appeared under the finger", async () => {
  const { user, station } = renderApp({ batch: metforminBatch(2) }, address);
  await user.click(await byId("primary-action"));
  await waitFor(() => expect(screen.getByTestId("phase-title")).toHaveTextContent("Record impeller speed"));
  expect(screen.getByTestId("primary-action")).toBeDisabled();
  await waitFor(() => expect(screen.getByTestId("primary-action")).toBeEnabled());
  expect(station.calls.filter((call) => call.command === "record_entry")).toHaveLength(1);
});

it("records nothing when it is cancelled", async () => {
  const { user, station } = renderApp({ batch: metforminBatch(5) }, address);
  await user.type(await byId("number-input"), "1.85{Enter}");
  await user.click(await byId("signature-cancel"));
  await waitFor(() => expect(isShown("signature-sentence")).toBe(false));
  expect(station.calls.some((call) => call.command === "record_entry")).toBe(false);
  expect(await byId("number-input")).toHaveValue("1.85");
});

const alone = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;

it("signs while offline where the person has a key at the station", async () => {
  const status = { ...readyStatus, connection: alone };
  const { user } = renderApp({ batch: metforminBatch(5), status }, address);
  await user.type(await byId("number-input"), "1.85{Enter}");
  await byId("signature-password");
  expect(isShown("phase-obstacle")).toBe(false);
});

it("waits for the server and says why while offline without a key", async () => {
  const batch = { ...metforminBatch(5), signingNeedsServer: true };
  renderApp({ batch, status: { ...readyStatus, connection: alone } }, address);
  expect(await byId("phase-obstacle")).toHaveTextContent("signing needs the server");
  expect(isShown("primary-action")).toBe(false);
});
