import { waitFor } from "@testing-library/react";
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
  menu: [{ section: "Operations", label: "Conflicts", screen: "conflicts" as const }],
};
const asQuality = { person: quality };

it("shows both values, both people, both times and what the server did", async () => {
  renderApp(asQuality, "#/conflicts");
  const [standing, kept] = [await byId("conflict-standing"), await byId("conflict-kept")];
  expect(standing).toHaveTextContent("110 rpm");
  expect(standing).toHaveTextContent("David Chen");
  expect(standing).toHaveTextContent("Granulation 2");
  expect(kept).toHaveTextContent("112 rpm");
  expect(kept).toHaveTextContent("Anjali Rao");
  expect(kept).toHaveTextContent("Granulation 3");
  expect(kept).toHaveTextContent("Read at the second display");
  expect(await byId("conflict-server")).toHaveTextContent("Another entry for this step had reached the server first.");
  expect(await byId("conflict-server")).toHaveTextContent("DEV-26-001 (Open)");
  expect(await violations()).toEqual([]);
});

it("is decided with a reason and a signature over exactly these two entries", async () => {
  const { user, station } = renderApp(asQuality, "#/conflicts");
  await user.click(await byId("conflict-decide"));
  await user.type(await byId("change-reason"), "Both within limits, the first one stands");
  await user.type(await byId("signature-email"), "priya.sharma@pharma.com");
  await user.type(await byId("signature-password"), "wrong{Enter}");
  expect(await byId("signature-error")).toHaveTextContent(/password/i);
  await user.clear(await byId("signature-password"));
  await user.type(await byId("signature-password"), "demo123{Enter}");
  await waitFor(() => expect(isShown("record-step")).toBe(false));
  const [decision] = station.calls.filter(({ command }) => command === "decide_conflict").slice(-1);
  expect(decision?.args.decision).toMatchObject({
    operationId: "0193fe10-0000-7000-9000-000000000003",
    reason: "Both within limits, the first one stands",
    signature: { contentHash: "aa".repeat(32), email: "priya.sharma@pharma.com" },
  });
  station.emit(["conflicts"]);
  expect(await byId("conflicts-empty")).toHaveTextContent("Nothing waits for a decision");
  await user.click(await byId("conflicts-only-open"));
  expect(await byId("conflict-decision")).toHaveTextContent("Decided and signed by Priya Sharma");
});

it("says why somebody cannot decide, and what to do without the server", async () => {
  const { station } = renderApp(asQuality, "#/conflicts");
  const [item] = station.conflicts.items;
  if (item) item.refusal = "own_work";
  expect(await byId("conflict-decide-reason")).not.toBeEmptyDOMElement();
});

it("keeps what went wrong on the screen", async () => {
  const offline = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  renderApp(
    {
      ...asQuality,
      status: { ...readyStatus, connection: offline },
      failures: { list_conflicts: failure("server_unreachable") },
    },
    "#/conflicts",
  );
  expect(await byId("conflicts-failed")).toBeInTheDocument();
});
