import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect } from "vitest";
import { App } from "../app/app";
import { installFakeStation } from "./fake-bridge";
import type { FakeState } from "./fake-station";

/** The whole window in front of a fake station, at the address of a screen. */
export function renderApp(change: Partial<FakeState> = {}, address = "") {
  window.location.hash = address;
  const station = installFakeStation(change);
  const user = userEvent.setup();
  const view = render(<App isTest />);
  return { station, user, ...view };
}

export const byId = (id: string) => screen.findByTestId(id);

export const isShown = (id: string) => screen.queryByTestId(id) !== null;

/** Types as a scanner does: without pauses, ending with Enter. */
export function scan(code: string, target: EventTarget = document.activeElement ?? document.body): void {
  for (const key of [...code, "Enter"])
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

/** An option of the list that belongs to this field: other fields keep theirs in the page. */
export async function byOption(field: string, label: string): Promise<HTMLElement> {
  const list = (await byId(field)).getAttribute("aria-controls") ?? "";
  const found = () =>
    [...(document.getElementById(list)?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])].find(
      (option) => option.textContent === label,
    );
  await expect.poll(() => found() !== undefined).toBe(true);
  return found() as HTMLElement;
}
