import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { operator, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, byOption, isShown, renderApp } from "../../../testing/render-app";

const quality = {
  ...operator,
  id: "qa-op-1",
  name: "Emily Brown",
  role: "QA Operator",
  menu: [
    { section: "Events", label: "Deviations", screen: "deviations" as const },
    { section: "Events", label: "CAPA Tasks", screen: "capas" as const },
  ],
};
const asQuality = { person: quality };
const sent = (station: { calls: { command: string; args: Record<string, unknown> }[] }, command: string) =>
  station.calls.filter((call) => call.command === command).map(({ args }) => args);

it("lists deviations with severity, status and place, and filters them", async () => {
  const { user, station } = renderApp(asQuality, "#/deviations");
  expect(await byId("deviation-row-DEV-26-001")).toHaveTextContent("DEV-26-001HighOpenMET-26-0142 · step 2");
  expect(await violations()).toEqual([]);
  await user.click(await byId("deviations-status"));
  await user.click(await byOption("deviations-status", "Manager review"));
  await byId("deviations-no-match");
  await user.click(await byId("deviations-clear"));
  await user.click(await byId("deviations-only-open"));
  await expect.poll(() => isShown("deviation-row-DEV-26-002")).toBe(false);
  await user.type(await byId("deviations-search"), "0142");
  await expect.poll(() => sent(station, "list_deviations").at(-1)?.query).toMatchObject({ search: "0142" });
});

it("reports what a person saw, and asks for the words first", async () => {
  const { user, station } = renderApp(asQuality, "#/deviations");
  await user.click(await byId("deviations-report"));
  await user.click(await byId("report-save"));
  expect(await byId("report-description")).toHaveAccessibleDescription(/./);
  expect(sent(station, "report_deviation")).toEqual([]);
  await user.type(await byId("report-description"), "A tag was missing at the door.");
  expect(await violations()).toEqual([]);
  await user.click(await byId("report-save"));
  await byId("deviation-head");
  const [{ report }] = sent(station, "report_deviation") as [{ report: object }];
  expect(report).toMatchObject({ severity: "Medium", batchId: null, immediateAction: null });
});

it("[S88-4] says what waits, what is missing and what was recorded", async () => {
  const { user } = renderApp(asQuality, "#/deviations");
  await user.click(await byId("deviation-row-DEV-26-001"));
  expect(await byId("deviation-holds")).toHaveTextContent("2 steps wait for the disposition of this deviation: 3, 4.");
  await user.click(await byId("tab-evidence"));
  expect(await byId("evidence-limits")).toHaveTextContent("Limits: 90 to 130 rpm");
  expect(await byId("evidence-entry")).toHaveTextContent("141 rpm");
  expect(await byId("evidence-entry")).toHaveTextContent("Display was stuck");
  await user.click(await byId("deviation-step-begin_investigation"));
  await user.click(await byId("record-step-take"));
  expect(await byId("record-step")).toHaveTextContent("reason");
  await user.type(await byId("change-reason"), "On shift");
  await user.click(await byId("record-step-take"));
  expect(await byId("deviation-status")).toHaveTextContent("Investigation");
  expect(await byId("deviation-missing")).toHaveTextContent("The root cause is missing.");
  expect(await byId("deviation-step-submit-reason")).toHaveTextContent("The root cause is missing.");
  expect(await violations()).toEqual([]);
});

it("writes findings down, submits, and signs the review with its sentence", async () => {
  const { user, station } = renderApp(asQuality, "#/deviations");
  const [first] = station.deviations.records;
  if (first === undefined) throw new Error("there is one");
  first.row = { ...first.row, status: "Investigation" };
  await user.click(await byId("deviation-row-DEV-26-001"));
  await user.click(await byId("deviation-step-edit"));
  await user.type(await byId("edit-rootCause"), "The display was stuck.");
  await user.click(await byId("edit-disposition"));
  await user.click(await byOption("edit-disposition", "Accept as it is"));
  await user.type(await byId("edit-dispositionReason"), "The torque shows the right speed.");
  expect(await violations()).toEqual([]);
  await user.type(await byId("change-reason"), "Found out");
  await user.click(await byId("edit-save"));
  expect(await byId("finding-root-cause")).toHaveTextContent("The display was stuck.");
  expect(await byId("finding-disposition")).toHaveTextContent("Accept as it is");
  await user.click(await byId("deviation-step-submit"));
  await user.type(await byId("change-reason"), "Complete");
  await user.click(await byId("record-step-take"));
  await user.click(await byId("deviation-step-review"));
  expect(await byId("signature-sentence")).toHaveTextContent(
    "I have reviewed the investigation of DEV-26-001 and its disposition “Accept as it is”.",
  );
  await user.type(await byId("change-reason"), "It holds");
  await user.type(await byId("signature-password"), "demo124");
  const email = "signature-email";
  if (isShown(email)) await user.type(await byId(email), "emily.brown@pharma.com");
  await user.click(await byId("signature-sign"));
  expect(await byId("signature-error")).toHaveTextContent(/password/i);
  await user.type(await byId("signature-password"), "demo123");
  await user.click(await byId("signature-sign"));
  await expect.poll(() => isShown("record-step")).toBe(false);
  await user.click(await byId("tab-deviation-signatures"));
  expect(await byId("record-signature")).toHaveTextContent("Meaning: reviewed");
});

it("opens an action, plans it anew when it did not help, and closes it with a signature", async () => {
  const { user, station } = renderApp(asQuality, "#/deviations");
  const [first] = station.deviations.records;
  if (first === undefined) throw new Error("there is one");
  first.row = { ...first.row, status: "Investigation" };
  await user.click(await byId("deviation-row-DEV-26-001"));
  await user.click(await byId("deviation-step-open_capa"));
  await user.click(await byId("capa-save"));
  expect(await byId("capa-title")).toHaveAccessibleDescription(/./);
  await user.type(await byId("capa-title"), "Replace the displays");
  await user.type(await byId("capa-problem"), "Displays get stuck");
  await user.click(await byId("capa-owner"));
  await user.click(await byOption("capa-owner", "Sarah Johnson"));
  await user.type(await byId("capa-due"), "2026-12-18");
  await user.type(await byId("change-reason"), "It must not happen again");
  await user.click(await byId("capa-save"));
  await user.click(await byId("tab-capas"));
  await user.click(await byId("deviation-capa-CAPA-26-001"));
  expect(await byId("capa-fact-due")).toHaveTextContent("18 Dec 2026");
  async function take(step: string, fill: () => Promise<void>) {
    await user.click(await byId(`capa-step-${step}`));
    await fill();
    await user.type(await byId("change-reason"), "so it is");
    await user.click(await byId("record-step-take"));
    await expect.poll(() => isShown("record-step")).toBe(false);
  }
  await take("begin_investigation", async () => undefined);
  await take("plan", async () => user.type(await byId("capa-action"), "Order and build in"));
  await take("report_done", async () => undefined);
  await take("judge", async () => user.click(await byId("judge-not-effective")));
  expect(await byId("capa-fact-rounds")).toHaveTextContent("1");
  await take("report_done", async () => undefined);
  await take("judge", async () => user.click(await byId("judge-effective")));
  expect(await violations()).toEqual([]);
  await user.click(await byId("capa-step-close"));
  await user.type(await byId("change-reason"), "Seen");
  await user.type(await byId("signature-password"), "demo123");
  if (isShown("signature-email")) await user.type(await byId("signature-email"), "emily.brown@pharma.com");
  await user.click(await byId("signature-sign"));
  expect(await byId("record-signature")).toHaveTextContent("Signed by Raj Patel");
  window.location.hash = "#/capas";
  expect(await byId("capa-row-CAPA-26-001")).toHaveTextContent("Replace the displaysClosedSarah Johnson18 Dec 2026");
});

it("says what is wrong, and what stays visible without the server", async () => {
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  renderApp(
    {
      ...asQuality,
      status: { ...readyStatus, connection },
      failures: { list_deviations: failure("server_unreachable") },
    },
    "#/deviations",
  );
  expect(await byId("deviations-failed")).toHaveTextContent("What is held in a batch stays visible in its execution.");
});
