import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

it("signs in and opens the first screen of the role", async () => {
  const { user, station } = renderApp({ person: null });
  await user.type(await byId("sign-in-email"), "david.chen@pharma.com");
  await user.type(await byId("sign-in-password"), "demo123{Enter}");
  expect(await byId("shell")).toBeVisible();
  expect(await byId("batches")).toBeVisible();
  const signIn = station.calls.find((call) => call.command === "sign_in");
  expect(signIn?.args).toEqual({ email: "david.chen@pharma.com", password: "demo123" });
});

it("says why it cannot be pressed, and what was wrong", async () => {
  const { user, station } = renderApp({ person: null });
  expect(await byId("sign-in-submit-reason")).toHaveTextContent("Type your email and password first.");
  await user.click(await byId("sign-in-submit"));
  expect(station.calls.some((call) => call.command === "sign_in")).toBe(false);

  station.state.failures.sign_in = failure("invalid_credentials");
  await user.type(await byId("sign-in-email"), "david.chen@pharma.com");
  await user.type(await byId("sign-in-password"), "wrong");
  await user.click(await byId("sign-in-submit"));
  expect(await byId("sign-in-error")).toHaveTextContent("The email or the password is wrong.");
});

it("says an unknown code rather than nothing", async () => {
  const { user } = renderApp({ person: null, failures: { sign_in: failure("moon_is_full") } });
  await user.type(await byId("sign-in-email"), "a@b.c");
  await user.type(await byId("sign-in-password"), "x{Enter}");
  expect(await byId("sign-in-error")).toHaveTextContent("moon_is_full");
});

it("fills the email of a demo person and leaves the password to be typed", async () => {
  const { user } = renderApp({ person: null });
  expect(await byId("demo-people")).toHaveTextContent("demo123");
  await user.click(await byId("demo-person-david.chen@pharma.com"));
  expect(await byId("sign-in-email")).toHaveValue("david.chen@pharma.com");
  expect(await byId("sign-in-password")).toHaveFocus();
  expect(await byId("sign-in-password")).toHaveValue("");
});

it("shows no demo people where there is no demo", async () => {
  renderApp({ person: null, status: { ...readyStatus, isDemo: false } });
  await byId("sign-in-email");
  expect(isShown("demo-people")).toBe(false);
});

it("changes the language before anyone has signed in", async () => {
  const { user, station } = renderApp({ person: null });
  await user.click(await byId("language-te"));
  expect(await screen.findByRole("heading", { name: "సైన్ ఇన్" })).toBeVisible();
  await waitFor(() => expect(station.state.settings.language).toBe("te"));
  expect(document.documentElement.lang).toBe("te");
});

it("signs out from the person menu", async () => {
  const { user } = renderApp({}, "#/batches");
  await user.click(await byId("person-menu"));
  await user.click(await byId("sign-out"));
  expect(await byId("sign-in")).toBeVisible();
});

it("[SEC-9] asks for a code only where the server does, and for another after a wrong one", async () => {
  const { user, station } = renderApp({ person: null, failures: { sign_in: failure("second_factor_required") } });
  await user.type(await byId("sign-in-email"), "david.chen@pharma.com");
  await user.type(await byId("sign-in-password"), "demo123");
  expect(isShown("sign-in-code")).toBe(false);
  await user.click(await byId("sign-in-submit"));
  expect(await byId("sign-in-code")).toHaveFocus();
  expect(isShown("sign-in-error")).toBe(false);
  await user.type(await byId("sign-in-code"), "000000{Enter}");
  expect(await byId("sign-in-error")).toHaveTextContent("was used");
  await user.type(await byId("sign-in-code"), "123456{Enter}");
  expect(await byId("shell")).toBeVisible();
  const sent = station.calls.filter(({ command }) => command === "sign_in_with_code").at(-1);
  expect(sent?.args).toEqual({ email: "david.chen@pharma.com", password: "demo123", code: "123456" });
});
