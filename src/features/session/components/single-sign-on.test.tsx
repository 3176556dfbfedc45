import { expect, it } from "vitest";
import { readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

it("offers the company account only where the server has it, and never without the server", async () => {
  const without = renderApp({ person: null });
  await byId("sign-in-email");
  expect(isShown("single-sign-on")).toBe(false);
  without.unmount();
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  const offline = { ...readyStatus, connection };
  const away = renderApp({ person: null, offersSingleSignOn: true, status: offline });
  await byId("sign-in-offline");
  expect(isShown("single-sign-on")).toBe(false);
  away.unmount();
  const { user } = renderApp({ person: null, offersSingleSignOn: true });
  await user.click(await byId("single-sign-on-start"));
  expect(await byId("shell")).toBeVisible();
});

it("waits for the browser, can be given up, and says what was wrong", async () => {
  const { user, station } = renderApp({
    person: null,
    offersSingleSignOn: true,
    failures: { sign_in_at_provider: null },
  });
  await user.click(await byId("single-sign-on-start"));
  expect(await byId("single-sign-on-waiting")).toHaveTextContent("Go on in the browser");
  await user.click(await byId("single-sign-on-cancel"));
  expect(station.calls.some((call) => call.command === "cancel_single_sign_on")).toBe(true);
});

it("says that no account is opened, and nothing of a sign-in that was given up", async () => {
  const { user, station } = renderApp({
    person: null,
    offersSingleSignOn: true,
    failures: { sign_in_at_provider: failure("single_sign_on_no_account") },
  });
  await user.click(await byId("single-sign-on-start"));
  expect(await byId("single-sign-on-error")).toHaveTextContent("Ask your administrator");
  station.state.failures.sign_in_at_provider = failure("single_sign_on_cancelled");
  await user.click(await byId("single-sign-on-start"));
  expect(await byId("single-sign-on-start")).toBeVisible();
  expect(isShown("single-sign-on-error")).toBe(false);
});
