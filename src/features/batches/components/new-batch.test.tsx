import { fireEvent } from "@testing-library/react";
import { expect, it } from "vitest";
import { violations } from "../../../testing/axe";
import { author, operator, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, byOption, isShown, renderApp } from "../../../testing/render-app";

const asPlanner = { person: { ...author, menu: operator.menu } };
const planDay = async (which: "first" | "last", day: string) =>
  fireEvent.change(await byId(`new-batch-${which}`), { target: { value: day } });

it("[S88-1] shows what will be made, and makes exactly that", async () => {
  const { user, station } = renderApp(asPlanner, "#/batches");
  await user.click(await byId("batches-new"));
  await user.click(await byId("new-batch-product"));
  await user.click(await byOption("new-batch-product", "Metformin HCl 500 mg (MET500)"));
  expect(await byId("new-batch-facts")).toHaveTextContent("Version 3");
  expect(await byId("new-batch-facts")).toHaveTextContent("200.00 kg");
  expect(await byId("new-batch-facts")).toHaveTextContent("Steps62");
  expect(await violations()).toEqual([]);
  await user.click(await byId("new-batch-make"));
  expect(await byId("new-batch-first")).toHaveAccessibleDescription(/./);
  expect(station.calls.some(({ command }) => command === "make_batch")).toBe(false);
  await planDay("first", "2026-12-02");
  await planDay("last", "2026-12-01");
  await user.click(await byId("new-batch-make"));
  expect(await byId("new-batch-error")).toHaveTextContent("must not lie before the first one");
  await planDay("last", "2026-12-04");
  expect(isShown("new-batch-error")).toBe(false);
  await user.click(await byId("new-batch-make"));
  expect(await byId("execution")).toBeVisible();
  const [refused, made] = station.calls.filter(({ command }) => command === "make_batch").map(({ args }) => args.batch);
  expect(made).toMatchObject({
    masterRecordId: "master-1",
    productCode: "MET500",
    plannedFirstDay: "2026-12-02",
    plannedLastDay: "2026-12-04",
    assignedTo: null,
  });
  // Another wish is another request; a repeated one would be the same.
  expect((made as { requestKey: string }).requestKey).not.toBe((refused as { requestKey: string }).requestKey);
});

it("[S88-2] says when nothing is effective, and when another version became so", async () => {
  const { user, station } = renderApp(asPlanner, "#/batches");
  station.batches.products = [];
  await user.click(await byId("batches-new"));
  expect(await byId("new-batch-none")).toHaveTextContent("quality assurance makes a version effective");
  await user.click(await byId("new-batch-leave"));
  station.batches.products = [
    { masterRecordId: "master-1", product: "Metformin HCl 500 mg", productCode: "MET500", version: 3 },
  ];
  station.state.failures.make_batch = failure("master_not_effective");
  await user.click(await byId("batches-new"));
  // The only product is chosen by itself.
  await byId("new-batch-facts");
  await planDay("first", "2026-12-02");
  await planDay("last", "2026-12-04");
  await user.click(await byId("new-batch-make"));
  expect(await byId("new-batch-error")).toHaveTextContent("confirm it again");
  const asked = station.calls.filter(({ command }) => command === "makeable_products");
  expect(asked.length).toBe(3);
});

it("is for those who make batches, and says that it needs the server", async () => {
  const reader = renderApp({}, "#/batches");
  await byId("batches-all");
  expect(isShown("batches-new")).toBe(false);
  reader.unmount();
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  renderApp({ ...asPlanner, status: { ...readyStatus, connection } }, "#/batches");
  expect(await byId("batches-new-reason")).toHaveTextContent("The server cannot be reached");
});
