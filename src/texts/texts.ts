import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import hi from "./hi.json";
import te from "./te.json";

/** The languages of the screens, by BCP 47 tag, each named in itself. */
export const languages = [
  { tag: "en", name: "English", locale: "en-IN-u-nu-latn" },
  { tag: "hi", name: "हिन्दी", locale: "hi-IN-u-nu-latn" },
  { tag: "te", name: "తెలుగు", locale: "te-IN-u-nu-latn" },
] as const;

export function localeOf(tag: string): string {
  return languages.find((language) => language.tag === tag)?.locale ?? languages[0].locale;
}

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
    nsSeparator: false;
    returnNull: false;
  }
}

export function createTexts(language: string): i18n {
  const texts = i18next.createInstance();
  void texts.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: en }, hi: { translation: hi }, te: { translation: te } },
    nsSeparator: false,
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
  return texts;
}
