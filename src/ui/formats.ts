import { createContext, use } from "react";
import { localeOf } from "../texts/texts";

/** The language of the screens and the plant's zone: every date and number on a screen is formatted with them. */
export const FormatContext = createContext<{ language: string; timeZone: string; density: "comfortable" | "compact" }>({
  language: "en",
  timeZone: "UTC",
  density: "comfortable",
});

export type Formats = ReturnType<typeof newFormats>;

/** A web view needs milliseconds for one of Intl's formats: they are made once for each language and zone. */
export const createFormats = onceEach(newFormats);

function newFormats(language: string, timeZone: string) {
  const locale = localeOf(language);
  const zone = knownZone(timeZone);
  const time = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  const seconds = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  const date = new Intl.DateTimeFormat(locale, { day: "2-digit", month: "short", year: "numeric", timeZone: zone });
  const whole = new Intl.NumberFormat(locale);
  const decimalSeparator = new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === "decimal");
  const read = (format: Intl.DateTimeFormat) => (instant: string) => {
    const parsed = new Date(instant);
    return Number.isNaN(parsed.getTime()) ? instant : format.format(parsed);
  };
  const day = read(date);
  const clock = read(time);
  return {
    decimalSeparator: decimalSeparator?.value === "," ? "," : ".",
    /** 14:32 */
    time: clock,
    /** 14:32:07 IST */
    timeWithZone: (instant: string) => `${read(seconds)(instant)} ${zoneName(locale, zone, instant)}`,
    date: day,
    /** A day as it is stored, without a time: never moved by a zone. */
    plainDate: (text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? plainDay(locale, text) : day(text)),
    /** 24 Nov 2026, 14:32 */
    dateTime: (instant: string) => `${day(instant)}, ${clock(instant)}`,
    /** The time alone for today, with the day before it otherwise. */
    shortTime: (instant: string) =>
      day(instant) === date.format(new Date()) ? clock(instant) : `${day(instant)}, ${clock(instant)}`,
    count: (value: number) => whole.format(value),
    /** A number that came as text keeps every digit: only its decimal sign is the locale's. */
    number: (text: string) => (decimalSeparator?.value === "," ? text.replace(".", ",") : text),
    inZone: (zoneOfSignature: string) => signedTime(locale, knownZone(zoneOfSignature)),
  };
}

/** 24 Nov 2026, 14:32:07 IST, in the zone that the signature keeps. */
const signedTime = onceEach((locale: string, zone: string) => {
  const format = new Intl.DateTimeFormat(locale, {
    day: "2-digit",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  return (instant: string) => {
    const parsed = new Date(instant);
    return Number.isNaN(parsed.getTime()) ? instant : `${format.format(parsed)} ${zoneName(locale, zone, instant)}`;
  };
});

const dayFormat = onceEach(
  (locale: string) =>
    new Intl.DateTimeFormat(locale, { day: "2-digit", month: "short", year: "numeric", timeZone: "UTC" }),
);

function plainDay(locale: string, text: string): string {
  return dayFormat(locale).format(new Date(`${text}T00:00:00Z`));
}

const zoneFormat = onceEach(
  (locale: string, zone: string) => new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" }),
);

function zoneName(locale: string, zone: string, instant: string): string {
  const parts = zoneFormat(locale, zone).formatToParts(new Date(instant));
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

const knownZone = onceEach((zone: string) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
});

/** The same result for the same words, made once. */
function onceEach<Words extends string[], Made>(make: (...words: Words) => Made): (...words: Words) => Made {
  const made = new Map<string, Made>();
  return (...words) => {
    const key = words.join("\n");
    const known = made.get(key);
    if (known !== undefined) return known;
    const fresh = make(...words);
    made.set(key, fresh);
    return fresh;
  };
}

/** 612 seconds as 10:12, 3,912 as 1:05:12. */
export function clockFigures(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part: number) => String(part).padStart(2, "0");
  const minutes = two(Math.floor(whole / 60) % 60);
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${minutes}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export function useFormats(): Formats {
  const { language, timeZone } = use(FormatContext);
  return createFormats(language, timeZone);
}

/** The height of a table's row, the same as `--v-row` in `base.css`. */
export function useRowHeight(): number {
  return use(FormatContext).density === "compact" ? 40 : 64;
}
