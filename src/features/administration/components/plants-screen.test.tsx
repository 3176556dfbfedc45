import { expect, it } from "vitest";
import { administrator } from "../../../testing/fake-data";
import { byId, renderApp } from "../../../testing/render-app";

it("shows each plant with its figures", async () => {
  renderApp({ person: administrator }, "#/plants");
  const card = await byId("plant-card-plant-a");
  expect(card).toHaveTextContent(
    "Hyderabad PlantAPAC · Asia/KolkataPeople14Stations2Batches7Planned7Managed by David Chen",
  );
  expect(await byId("plant-card-plant-b")).toHaveTextContent("No batches yetNo manager named");
});

it("changes a plant with a reason and what was seen of it", async () => {
  const { user, station } = renderApp({ person: administrator }, "#/plants");
  await user.click((await byId("plant-card-plant-a")).querySelector("button") as HTMLElement);
  await user.clear(await byId("plant-field-region"));
  await user.click(await byId("plant-save"));
  expect(await byId("plant-change-form")).toHaveTextContent("Fill in this field.");
  expect(await byId("plant-change-form")).toHaveTextContent("the change needs a reason");
  await user.type(await byId("plant-field-region"), "South");
  await user.type(await byId("change-reason"), "regions were renamed");
  await user.click(await byId("plant-save"));
  const changes = () => station.calls.filter(({ command }) => command === "change_plant");
  await expect.poll(() => changes().length).toBe(1);
  expect(changes()[0]?.args.change).toMatchObject({
    id: "plant-a",
    etag: '"p"',
    region: "South",
    managerId: "prod-op-1",
    reason: "regions were renamed",
  });
});

it("draws the matrix of roles and capabilities", async () => {
  renderApp({ person: administrator }, "#/roles");
  const row = await byId("role-row-production-operator");
  const allowed = [...row.querySelectorAll("td")].map((cell) => cell.hasAttribute("data-allowed"));
  expect(allowed).toEqual([true, true, false]);
  expect(await byId("role-row-system-admin")).toHaveTextContent("System AdminAdministration · Every plant");
  expect(await byId("capability-user.manage")).toHaveTextContent("Manage users");
});
