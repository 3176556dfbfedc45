import { expect, it } from "vitest";
import { administrator, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const asAdministrator = { person: administrator };
const called = (station: { calls: { command: string; args: Record<string, unknown> }[] }, command: string) =>
  station.calls.filter((call) => call.command === command).map(({ args }) => args);

it("opens on the accounts and asks the station to sort, search and filter", async () => {
  const { user, station } = renderApp(asAdministrator, "#/");
  expect(await byId("user-row-priya.sharma@pharma.com")).toHaveTextContent(
    "Priya Sharmapriya.sharma@pharma.comQA Manager",
  );
  await user.click(await byId("sort-name"));
  await expect.poll(() => called(station, "list_users").at(-1)?.query).toMatchObject({ sort: "-name" });
  await user.type(await byId("users-search"), "nobody at all");
  expect(await byId("users-no-match")).toBeVisible();
  await user.click(await byId("users-clear"));
  expect(await byId("user-row-admin@pharma.com")).toBeVisible();
});

it("[P11-200-3] makes an account without choosing its password, and shows the secret once", async () => {
  const { user, station } = renderApp(asAdministrator, "#/users");
  await user.click(await byId("users-new"));
  expect(document.querySelector('input[type="password"]')).toBeNull();
  await user.type(await byId("user-name"), "Nora Newcomer");
  await user.type(await byId("user-email"), "david.chen@pharma.com");
  await user.click(await byId("user-role"));
  await user.click(await byOption("user-role", "Plant Head"));
  expect(await byId("user-department")).toHaveValue("Administration");
  await user.click(await byId("user-plants"));
  await user.click(await byOption("user-plants", "Hyderabad Plant"));
  await user.click(await byId("user-save"));
  expect(await byId("new-user")).toHaveTextContent("This email is already in use.");
  await user.clear(await byId("user-email"));
  await user.type(await byId("user-email"), "nora@pharma.com");
  await user.click(await byId("user-save"));
  expect(await byId("one-time-secret")).toHaveTextContent("abcde-fghij-kmnpq-rstuv-wxyz2");
  const [first, second] = called(station, "create_user").map(({ user: made }) => made as { requestKey: string });
  expect(first?.requestKey).not.toBe(second?.requestKey);
  await user.click(await byId("secret-done"));
  expect(document.querySelector('[data-testid="one-time-secret"]')).toBeNull();
  expect(await byId("user-row-nora@pharma.com")).toHaveTextContent("Must choose a password");
});

it("sends the same form under the same key, so an answer that was lost makes nobody twice", async () => {
  const failures = { create_user: failure("server_unreachable") };
  const { user, station } = renderApp({ ...asAdministrator, failures }, "#/users");
  await user.click(await byId("users-new"));
  await user.type(await byId("user-name"), "Nora Newcomer");
  await user.type(await byId("user-email"), "nora@pharma.com");
  await user.click(await byId("user-role"));
  await user.click(await byOption("user-role", "System Admin"));
  await user.click(await byId("user-save"));
  expect(await byId("user-error")).toBeVisible();
  await user.click(await byId("user-save"));
  await expect.poll(() => called(station, "create_user").length).toBe(2);
  const keys = called(station, "create_user").map(({ user: made }) => (made as { requestKey: string }).requestKey);
  expect(new Set(keys).size).toBe(1);
});

it("[PI041-AT] asks for a reason, and says that somebody else was faster", async () => {
  const { user, station } = renderApp(asAdministrator, "#/users");
  await user.click(await byId("user-row-priya.sharma@pharma.com"));
  await user.click(await byId("user-change"));
  await user.clear(await byId("user-name"));
  await user.type(await byId("user-name"), "Priya S.");
  await user.click(await byId("user-save"));
  expect(await byId("change-user")).toHaveTextContent("the change needs a reason");
  expect(called(station, "change_user")).toEqual([]);
  await user.type(await byId("change-reason"), "marriage");
  station.administration.isRaced = true;
  await user.click(await byId("user-save"));
  expect(await byId("change-error")).toHaveTextContent(
    "Somebody else has changed this meanwhile, so nothing was saved.",
  );
  await user.click(await byId("change-refresh"));
  await expect.poll(async () => ((await byId("user-name")) as HTMLInputElement).value).toBe("Priya Sharma-Rao");
  await user.type(await byId("change-reason"), "marriage");
  await user.click(await byId("user-save"));
  await byId("user-state");
  expect(called(station, "change_user").at(-1)?.change).toMatchObject({ etag: '"2"', reason: "marriage" });
});

it("deactivates with a reason and reactivates; one's own account is left to others", async () => {
  const { user } = renderApp(asAdministrator, "#/users");
  await user.click(await byId("user-row-priya.sharma@pharma.com"));
  await user.click(await byId("user-deactivate"));
  await user.click(await byId("user-act"));
  expect(await byId("user-action")).toHaveTextContent("the change needs a reason");
  await user.type(await byId("change-reason"), "left the company");
  await user.click(await byId("user-act"));
  await expect.poll(async () => (await byId("user-state")).dataset.state).toBe("inactive");
  expect(await byId("user-reactivate")).toBeVisible();
  await user.click(await byId("user-sheet-close"));
  await user.click(await byId("user-row-admin@pharma.com"));
  expect(await byId("user-deactivate")).toHaveAttribute("aria-disabled", "true");
  expect(await byId("user-give-secret-reason")).toHaveTextContent("You change your own password yourself.");
});

it("gives a one-time password and ends sessions", async () => {
  const { user } = renderApp(asAdministrator, "#/users");
  await user.click(await byId("user-row-david.chen@pharma.com"));
  await user.click(await byId("user-session-end"));
  await expect.poll(async () => (await byId("user-sessions")).dataset.count).toBe("0");
  await user.click(await byId("user-give-secret"));
  await user.type(await byId("change-reason"), "forgot it");
  await user.click(await byId("user-act"));
  expect(await byId("one-time-secret")).toBeVisible();
  expect(await byId("user-sheet-close")).toBeDisabled();
  await user.click(await byId("secret-done"));
  expect(await byId("user-state")).toBeVisible();
});

it("[SEC-9] removes the second factor of somebody who has lost the device, with a reason", async () => {
  const { user, station } = renderApp(asAdministrator, "#/users");
  await user.click(await byId("user-row-david.chen@pharma.com"));
  expect(await byId("user-state")).toBeVisible();
  expect(isShown("user-remove-factor")).toBe(false);
  await user.click(await byId("user-sheet-close"));
  await user.click(await byId("user-row-priya.sharma@pharma.com"));
  expect(await byId("user-factor")).toBeVisible();
  await user.click(await byId("user-remove-factor"));
  await user.type(await byId("change-reason"), "the phone is lost");
  await user.click(await byId("user-act"));
  expect(await byId("user-state")).toBeVisible();
  expect(called(station, "remove_user_second_factor")).toEqual([
    { action: { id: "qa-man-1", reason: "the phone is lost" } },
  ]);
});

it.each([
  ["users", "list_users"],
  ["roles", "role_matrix"],
  ["plants", "list_plants"],
])("says honestly that %s need the server while it is gone", async (screen, command) => {
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  renderApp(
    {
      ...asAdministrator,
      status: { ...readyStatus, connection },
      failures: { [command]: failure("server_unreachable") },
    },
    `#/${screen}`,
  );
  expect(await byId(`${screen}-failed`)).toHaveTextContent("nothing can be shown or changed until it is back");
});

/** An option of the list that belongs to this field: other fields keep theirs in the page. */
async function byOption(field: string, label: string): Promise<HTMLElement> {
  const list = (await byId(field)).getAttribute("aria-controls") ?? "";
  const found = () =>
    [...(document.getElementById(list)?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])].find(
      (option) => option.textContent === label,
    );
  await expect.poll(() => found() !== undefined).toBe(true);
  return found() as HTMLElement;
}
