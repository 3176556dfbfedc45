import { within } from "@testing-library/react";
import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { administrator, readyStatus, reviewer } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

it("[P11-10e] shows who, what, both values, why and when", async () => {
  const { user } = renderApp({ person: administrator }, "#/audit-trail");
  const row = await byId("audit-row-plant-a-12");
  expect(row).toHaveTextContent("24 Nov 2026, 14:25David ChenchangedGate entriesquantity 0.50 0.5 and 1 more");
  await user.click(row);
  const details = await byId("audit-details");
  expect(within(details).getByTestId("audit-changes")).toHaveTextContent("quantity0.500.5remarks–label read again");
  expect(await byId("audit-detail-server-time")).toHaveTextContent("14:25:00");
  expect(await byId("audit-detail-device-time")).toHaveTextContent("14:24:58");
  expect(await byId("audit-detail-station")).toHaveTextContent("Granulation 2");
  expect(await violations()).toEqual([]);
});

it("narrows to one record or one person, and widens again", async () => {
  const { user, station } = renderApp({ person: administrator }, "#/audit-trail");
  const asked = () => station.calls.filter((call) => call.command === "read_audit_trail").at(-1)?.args.query;
  await user.click(await byId("audit-row-plant-a-12"));
  await user.click(await byId("audit-only-record"));
  expect(await byId("audit-clear-record")).toHaveTextContent("0193-a");
  expect(asked()).toMatchObject({ entity: "gate_entries", recordId: "0193-a", feed: null });
  await user.click(await byId("audit-clear-record"));
  expect(asked()).toMatchObject({ recordId: null });
  await user.selectOptions(await byId("audit-feed"), "system");
  expect(asked()).toMatchObject({ feed: "system" });
  expect(isShown("audit-review")).toBe(false);
});

it("[A11-9] signs a review of exactly what is shown, and says what waits for somebody else", async () => {
  const { user, station } = renderApp({ person: reviewer, isIdentified: false }, "#/audit-trail");
  await byId("audit-row-plant-a-12");
  await user.click(await byId("audit-review"));
  expect(await byId("signature-sentence")).toHaveTextContent(
    "I have reviewed 2 entries of the audit trail of Hyderabad Plant, from 24 Nov 2026, 14:10 to 24 Nov 2026, 14:25.",
  );
  expect(await byId("signature-meaning")).toHaveTextContent("reviewed");
  await user.type(await byId("signature-email"), reviewer.email);
  await user.type(await byId("signature-password"), "demo123{Enter}");
  expect(await byId("review-done")).toHaveTextContent(
    "Reviewed: 1. Your own entries, which wait for somebody else: 1.",
  );
  const review = station.calls.find((call) => call.command === "review_audit_trail")?.args.review;
  expect(review).toMatchObject({ feed: "plant-a", fromSeq: "11", toSeq: "12", comment: null, language: "en" });
});

it("says why a stretch with gaps is not reviewed", async () => {
  const { user } = renderApp({ person: reviewer }, "#/audit-trail");
  await byId("audit-row-plant-a-12");
  await user.selectOptions(await byId("audit-entity"), "deviations");
  expect(await byId("audit-review-reason")).toHaveTextContent("a review leaves nothing out");
});

it("exports into the downloads and says where", async () => {
  const { user } = renderApp({ person: administrator }, "#/audit-trail");
  await user.click(await byId("audit-export"));
  await user.click(await byId("audit-export-csv"));
  expect(await byId("audit-exported")).toHaveTextContent("/home/viruj/Downloads/audit-trail.csv");
});

it("says that the trail needs the server while it is gone", async () => {
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  const failures = { read_audit_trail: failure("server_unreachable") };
  renderApp({ person: administrator, status: { ...readyStatus, connection }, failures }, "#/audit-trail");
  expect(await byId("audit-failed")).toHaveTextContent("as soon as the server is back");
  expect(await byId("audit-export-reason")).toHaveTextContent("needs the server");
});
