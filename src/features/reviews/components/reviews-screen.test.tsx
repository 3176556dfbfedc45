import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { operator, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const quality = {
  ...operator,
  id: "qa-man-1",
  name: "Priya Sharma",
  role: "QA Manager",
  menu: [{ section: "Operations", label: "Batch Review", screen: "batch_reviews" as const }],
};
const asQuality = { person: quality };
const sent = (station: { calls: { command: string; args: Record<string, unknown> }[] }, command: string) =>
  station.calls.filter((call) => call.command === command).map(({ args }) => args);

async function sign(user: ReturnType<typeof renderApp>["user"], reason: string) {
  await user.type(await byId("change-reason"), reason);
  if (isShown("signature-email")) await user.type(await byId("signature-email"), "priya.sharma@pharma.com");
  await user.type(await byId("signature-password"), "demo123{Enter}");
}

it("lists the batches that wait, with what nobody has judged", async () => {
  const { user, station } = renderApp(asQuality, "#/reviews");
  const row = await byId("review-row-MET-26-0142");
  expect(row).toHaveTextContent("Out of limits: 1 · Corrected: 1");
  expect(row).toHaveTextContent("1 grave deviation · 1 test opennot reviewed yet");
  expect(await violations()).toEqual([]);
  await user.type(await byId("reviews-search"), "zzz");
  await byId("reviews-no-match");
  expect(sent(station, "list_reviews").at(-1)?.request).toEqual({ search: "zzz", cursor: null });
  await user.click(await byId("reviews-clear"));
  await user.click(await byId("review-row-MET-26-0142"));
  await byId("review-blockers");
});

it("says when no batch waits, and when the server cannot be asked", async () => {
  const { station } = renderApp(asQuality, "#/reviews");
  station.reviews.summaries = [];
  expect(await byId("reviews-empty")).toHaveTextContent("No batch waits");
});

it("keeps what went wrong on the screen with a second try", async () => {
  const offline = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  renderApp(
    {
      ...asQuality,
      status: { ...readyStatus, connection: offline },
      failures: { batch_review: failure("server_unreachable") },
    },
    "#/reviews/batch-1",
  );
  expect(await byId("review-failed")).toHaveTextContent("as soon as the server can be reached");
});

it("[S88-4] names what stands against the release, and leads to it", async () => {
  const { user } = renderApp(asQuality, "#/reviews/batch-1");
  const bar = await byId("review-blockers");
  expect(bar).toHaveTextContent("3 things stand against the release");
  expect(bar).toHaveTextContent("The review of the record is not signed.");
  expect(await byId("review-step-release-reason")).toHaveTextContent("See below.");
  await user.click(screen.getByRole("button", { name: "Deviation DEV-26-001 (High) is not closed." }));
  expect(await byId("review-deviation")).toHaveTextContent("141 rpm");
  expect(await byId("review-accept-reason")).toHaveTextContent("Close the deviation first.");
  expect(await violations()).toEqual([]);
});

it("walks by keyboard, shows both values of a correction, and accepts with a comment", async () => {
  const { user, station } = renderApp(asQuality, "#/reviews/batch-1");
  // Another line is another pane, which begins at its top.
  const pane = () => byId("review-evidence");
  expect(await pane()).toHaveTextContent("Out of limits");
  const [was, is] = await screen.findAllByTestId("evidence-entry");
  expect(was?.querySelector("del")).toHaveTextContent("141 rpm");
  expect(is).toHaveTextContent("112 rpm");
  await user.keyboard("j");
  expect(await pane()).toHaveTextContent("Corrected");
  await user.keyboard("ja");
  // The deviation is open: nothing is accepted, and no sheet opens.
  expect(isShown("review-accept-sheet")).toBe(false);
  await user.keyboard("kka");
  await user.click(await byId("review-accept-save"));
  expect(await byId("review-accept-sheet")).toHaveTextContent("Write why the batch may go on with it.");
  expect(sent(station, "accept_review_exception")).toEqual([]);
  await user.type(await byId("review-accept-text"), "jk: read again at once");
  await user.click(await byId("review-accept-save"));
  await waitFor(() => expect(isShown("review-accept-sheet")).toBe(false));
  expect(sent(station, "accept_review_exception")[0]?.accept).toMatchObject({
    kind: "out_of_limits",
    evidence: "1",
    comment: "jk: read again at once",
  });
  expect(await pane()).toHaveTextContent("Corrected");
  await user.keyboard("k");
  expect(await byId("review-decision")).toHaveTextContent("jk: read again at once");
  await user.keyboard("r");
  await byId("execution");
});

it("asks production about a step; whoever asked does not answer", async () => {
  const { user, station } = renderApp(asQuality, "#/reviews/batch-1");
  await byId("review-evidence");
  await user.keyboard("q");
  expect(await byId("review-ask-sheet")).toHaveTextContent("About step 2: Impeller speed");
  await user.type(await byId("review-ask-text"), "Why was the display stuck?");
  await user.click(await byId("review-ask-save"));
  await user.click(await byId("review-line-query-1"));
  expect(await byId("review-query")).toHaveTextContent("Why was the display stuck?");
  expect(await byId("review-step-answer-reason")).toHaveTextContent("Somebody of production must answer");
  expect(sent(station, "ask_about_batch")[0]?.ask).toMatchObject({ question: "Why was the display stuck?" });
});

it("production answers, and quality assurance closes the question with a signature", async () => {
  const { user, station } = renderApp(asQuality, "#/reviews/batch-1");
  station.reviews.mayAnswer = true;
  await byId("review-evidence");
  await user.keyboard("q");
  await user.type(await byId("review-ask-text"), "Why?");
  await user.click(await byId("review-ask-save"));
  await user.click(await byId("review-line-query-1"));
  await user.click(await byId("review-step-answer"));
  await user.type(await byId("review-answer-text"), "A relay; it was exchanged.");
  await user.click(await byId("review-answer-save"));
  await user.click(await byId("review-step-close_query"));
  expect(await byId("signature-sentence")).toHaveTextContent("question 1 about batch MET-26-0142");
  expect(await violations()).toEqual([]);
  await sign(user, "Answered well");
  await waitFor(() => expect(screen.getByTestId("review-query")).toHaveTextContent("Closed by Priya Sharma"));
});

it("[P11-50] signs the release of exactly what is shown, and writes the documents", async () => {
  const { user, station } = renderApp(asQuality, "#/reviews/batch-1");
  station.reviews.view.blockers = [];
  station.reviews.view.steps = station.reviews.view.steps.map((step) => ({ ...step, refusal: null }));
  await byId("review-clear");
  await user.click(await byId("review-step-release"));
  expect(await byId("signature-sentence")).toHaveTextContent("I release batch MET-26-0142: 200.00 kg of Metformin");
  expect(await byId("signature-meaning")).toHaveTextContent("released");
  await sign(user, "Complete and within its limits");
  expect(await byId("review-decided")).toHaveTextContent("Released by Priya Sharma");
  expect(sent(station, "sign_review_step")[0]?.step).toMatchObject({
    step: "release",
    version: "7",
    signature: { contentHash: station.reviews.view.contentHash, language: "en" },
  });
  expect(isShown("review-step-release")).toBe(false);
  await user.click(await byId("review-documents"));
  await user.click(await byId("review-documents-write"));
  expect(await byId("review-documents-written")).toHaveTextContent("batch-record-MET-26-0142.pdf");
});

it("leads a conflict to where it is decided with a signature, by press and by key", async () => {
  const { user, station } = renderApp(asQuality, "#/reviews/batch-1");
  const [first] = station.reviews.view.exceptions;
  if (first) first.exception.kind = "conflict";
  expect(await byId("review-open-conflicts")).toHaveTextContent("Decide at the conflicts");
  expect(isShown("review-accept")).toBe(false);
  await user.keyboard("a");
  expect(await byId("conflict-pane")).toHaveTextContent("Impeller speed");
  expect(sent(station, "accept_review_exception")).toEqual([]);
});
