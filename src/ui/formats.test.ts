import { expect, it } from "vitest";
import { clockFigures, createFormats } from "./formats";

const instant = "2026-11-24T09:02:07Z";

it("shows times of 24 hours in the plant's zone", () => {
  expect(createFormats("en", "Asia/Kolkata").time(instant)).toBe("14:32");
  expect(createFormats("en", "Europe/Dublin").time(instant)).toBe("09:02");
});

it("names the zone where a time is signed, in every language with Latin figures", () => {
  expect(createFormats("en", "Europe/Dublin").inZone("Asia/Kolkata")(instant)).toBe("24 Nov 2026, 14:32:07 IST");
  for (const language of ["hi", "te"])
    expect(createFormats(language, "UTC").inZone("Asia/Kolkata")(instant)).toContain("14:32:07");
});

it("keeps every digit of a number that came as text", () => {
  expect(createFormats("en", "UTC").number("0.50")).toBe("0.50");
  expect(createFormats("te", "UTC").number("12345678901234567890.120")).toBe("12345678901234567890.120");
});

it("takes UTC for a zone that it does not know and shows what is no time as it came", () => {
  const formats = createFormats("en", "Mars/Olympus");
  expect(formats.time(instant)).toBe("09:02");
  expect(formats.dateTime("yesterday")).toBe("yesterday, yesterday");
});

it("shows durations in figures", () => {
  expect([0, 59.9, 612, 3912, -4].map(clockFigures)).toEqual(["00:00", "00:59", "10:12", "1:05:12", "00:00"]);
});
