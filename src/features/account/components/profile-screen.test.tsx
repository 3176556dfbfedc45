import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { account, operator } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

const NEW = "grey herons wait by the weir";

async function fill(user: ReturnType<typeof renderApp>["user"], current: string, chosen: string, repeated = chosen) {
  await user.type(await byId("current-password"), current);
  await user.type(await byId("new-password"), chosen);
  await user.type(await byId("repeat-password"), repeated);
}

it("opens from the person menu and changes the password", async () => {
  const { user, station } = renderApp({}, "#/batches");
  await user.click(await byId("person-menu"));
  await user.click(await byId("menu-profile"));
  expect(await byId("password-submit-reason")).toHaveTextContent("Fill in every field first.");
  await fill(user, "demo123", NEW);
  await user.click(await byId("password-submit"));
  expect(await byId("password-changed")).toBeVisible();
  const sent = station.calls.find(({ command }) => command === "change_password");
  expect(sent?.args).toEqual({ currentPassword: "demo123", newPassword: NEW });
  expect(await byId("current-password")).toHaveValue("");
  expect(await byId("new-password")).toHaveValue("");
});

it("says when the two differ, and what the server refused", async () => {
  const { user, station } = renderApp({ failures: { change_password: failure("password_too_personal") } }, "#/profile");
  await fill(user, "demo123", NEW, `${NEW}!`);
  expect(await byId("password-submit-reason")).toHaveTextContent("The two new passwords differ.");
  await user.type(await byId("new-password"), "!");
  await user.click(await byId("password-submit"));
  expect(await byId("password-error")).toHaveTextContent("made of your name");
  station.state.failures.change_password = failure("wrong_password");
  await user.click(await byId("password-submit"));
  await waitFor(async () => expect(await byId("password-error")).toHaveTextContent("Nothing was changed."));
});

it("ends another session and never offers to end the one that is here", async () => {
  const { user, station } = renderApp({}, "#/profile");
  const [here, other] = account.sessions;
  expect(await byId(`session-${here?.id}`)).toHaveTextContent("Granulation 2");
  expect(isShown(`session-end-${here?.id}`)).toBe(false);
  await user.click(await byId(`session-end-${other?.id}`));
  await waitFor(() => expect(isShown(`session-${other?.id}`)).toBe(false));
  expect(station.calls.find(({ command }) => command === "revoke_session")?.args).toEqual({ sessionId: other?.id });
});

it("[P11-200-3] lets nobody past whose password somebody else made", async () => {
  const { user, station } = renderApp({}, "#/batches");
  station.state.person = { ...operator, mustChangePassword: true };
  station.emit(["status", "person"]);
  expect(await byId("forced-change")).toBeVisible();
  expect(isShown("shell")).toBe(false);
  await fill(user, "one-time", NEW);
  await user.click(await byId("password-submit"));
  expect(await byId("shell")).toBeVisible();
});

it("sets a new password with a code", async () => {
  const { user, station } = renderApp({ person: null });
  await user.type(await byId("sign-in-email"), "david.chen@pharma.com");
  await user.click(await byId("sign-in-forgotten"));
  expect(await byId("forgotten-email")).toHaveValue("david.chen@pharma.com");
  station.state.failures.request_password_reset = failure("mail_not_configured");
  await user.click(await byId("forgotten-submit"));
  expect(await byId("forgotten-error")).toHaveTextContent("Ask your administrator");
  delete station.state.failures.request_password_reset;
  await user.click(await byId("forgotten-submit"));
  await user.type(await byId("forgotten-code"), "abcde-fghij");
  await user.type(await byId("new-password"), NEW);
  await user.type(await byId("repeat-password"), NEW);
  station.state.failures.redeem_password_reset = failure("reset_code_invalid");
  await user.click(await byId("forgotten-set"));
  expect(await byId("forgotten-refused")).toHaveTextContent("Ask for another one");
  delete station.state.failures.redeem_password_reset;
  await user.click(await byId("forgotten-set"));
  await user.click(await byId("forgotten-sign-in"));
  expect(await byId("sign-in-email")).toHaveValue("david.chen@pharma.com");
});

it("[SEC-9] takes a second factor up with a code of the device, shows recovery codes once, and removes it again", async () => {
  const { user, station } = renderApp({}, "#/profile");
  await user.type(await byId("second-factor-password"), "demo123");
  await user.click(await byId("second-factor-submit"));
  expect(await byId("second-factor-secret")).toHaveTextContent("JBSW Y3DP EHPK 3PXP");
  expect(await byId("second-factor-picture")).toBeVisible();
  station.state.failures.confirm_second_factor = failure("second_factor_wrong");
  await user.type(await byId("second-factor-code"), "000000");
  await user.click(await byId("second-factor-confirm"));
  expect(await byId("second-factor-refused")).toBeVisible();
  delete station.state.failures.confirm_second_factor;
  await user.click(await byId("second-factor-confirm"));
  expect(await byId("recovery-codes")).toHaveTextContent("abcde-fghij");
  await user.click(await byId("recovery-done"));
  expect(await byId("second-factor-on")).toHaveTextContent("10");
  expect(isShown("recovery-codes")).toBe(false);
  await user.type(await byId("second-factor-password"), "demo123");
  await user.click(await byId("second-factor-submit"));
  expect(await byId("second-factor-off")).toBeVisible();
});
