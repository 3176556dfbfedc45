import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

/** What jsdom lacks and the screens ask for. */
class NoResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

vi.stubGlobal("ResizeObserver", NoResizeObserver);
window.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
  }) as unknown as MediaQueryList;
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollTo = () => undefined;
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
// Lists that draw what is in sight need a height to see with.
for (const [name, size] of [
  ["clientHeight", 700],
  ["clientWidth", 1200],
  ["offsetHeight", 700],
  ["offsetWidth", 1200],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
}
if (!("escape" in (globalThis.CSS ?? {}))) vi.stubGlobal("CSS", { escape: (text: string) => text });

// A busy machine is no failure, and a failure needs no picture of the whole page.
configure({ asyncUtilTimeout: 8_000, getElementError: (message) => new Error(message ?? "not found") });

afterEach(() => {
  cleanup();
  localStorage.clear();
  window.location.hash = "";
});
