import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { metforminBatch, readyStatus } from "../../../testing/fake-data";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const address = "#/batches/batch-1";

it("shows what is signed, asks for the password and prints the signature", async () => {
  const { user, station } = renderApp({ batch: metforminBatch(5) }, address);
  await user.type(await byId("number-input"), "1.85{Enter}");
  expect(await byId("signature-sentence")).toHaveTextContent(
    "Batch MET-26-0142, step 6 “In-process check: loss on drying”: 1.85 % recorded.",
  );
  expect(await byId("signature-meaning")).toHaveTextContent("performed");
  expect(await byId("signature-name")).toHaveTextContent("David Chen");
  expect(isShown("signature-email")).toBe(false);
  expect(await byId("signature-sign-reason")).toHaveTextContent("Type your password to sign.");

  await user.type(await byId("signature-password"), "wrong{Enter}");
  expect(await byId("signature-error")).toHaveTextContent("The password is wrong. Nothing was recorded.");
  await waitFor(() => expect(screen.getByTestId("signature-password")).toHaveValue(""));
  await user.type(await byId("signature-password"), "demo123{Enter}");
  expect(await byId("signature-stamp-name")).toHaveTextContent("Signed by David Chen");
  expect(await byId("signature-stamp-time")).toHaveTextContent(/\d\d:\d\d:\d\d IST$/);
  const sent = station.calls.findLast((call) => call.command === "record_entry")?.args.entry;
  expect(sent).toMatchObject({ signature: { email: null, password: "demo123" } });
});

it("asks for the email as well when the first signature needs both", async () => {
  const { user, station } = renderApp({ batch: metforminBatch(5), isIdentified: false }, address);
  await user.type(await byId("number-input"), "1.85{Enter}");
  await user.type(await byId("signature-password"), "demo123{Enter}");
  await user.type(await byId("signature-email"), "david.chen@pharma.com");
  expect(await byId("signature-password")).toHaveValue("demo123");
  await user.click(await byId("signature-sign"));
  expect(await byId("signature-stamp")).toBeVisible();
  const sent = station.calls.findLast((call) => call.command === "record_entry")?.args.entry;
  expect(sent).toMatchObject({ signature: { email: "david.chen@pharma.com", password: "demo123" } });
});

it("records nothing when it is cancelled", async () => {
  const { user, station } = renderApp({ batch: metforminBatch(5) }, address);
  await user.type(await byId("number-input"), "1.85{Enter}");
  await user.click(await byId("signature-cancel"));
  await waitFor(() => expect(isShown("signature-sentence")).toBe(false));
  expect(station.calls.some((call) => call.command === "record_entry")).toBe(false);
  expect(await byId("number-input")).toHaveValue("1.85");
});

it("waits for the server and says why while offline", async () => {
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  renderApp({ batch: metforminBatch(5), status: { ...readyStatus, connection } }, address);
  expect(await byId("phase-obstacle")).toHaveTextContent("signing needs the server");
  expect(isShown("primary-action")).toBe(false);
});
