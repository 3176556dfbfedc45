import { expect, it } from "vitest";
import { CommandFailure, call } from "./call";

it("gives the data of an answer", async () => {
  await expect(call(Promise.resolve({ status: "ok", data: 7 }))).resolves.toBe(7);
});

it("fails with the code and values of a refusal", async () => {
  const error = { code: "earlier_phase_open", detail: "phase 3", values: [{ name: "number", value: "3" }] };
  const failure = await call(Promise.resolve({ status: "error", error } as const)).catch((caught: unknown) => caught);
  expect(failure).toBeInstanceOf(CommandFailure);
  expect(failure).toMatchObject({ code: "earlier_phase_open", values: { number: "3" }, detail: "phase 3" });
});

it("fails the same way when the bridge itself broke", async () => {
  const failure = await call(Promise.reject(new Error("no such command"))).catch((caught: unknown) => caught);
  expect(failure).toMatchObject({ code: "bridge_broken" });
});
