import type { TFunction } from "i18next";
import en from "../../../texts/en.json";

type Known = keyof typeof en.problems;

/** Codes of one cause share one remedy: whatever PostgreSQL of its own met ends in the same advice. */
export function problemText(t: TFunction, code: string): { what: string; doThis: string } {
  const known = nameOf(code);
  return { what: t(`problems.${known}.what`, { code }), doThis: t(`problems.${known}.doThis`, { code }) };
}

function nameOf(code: string): Known {
  if (Object.hasOwn(en.problems, code)) return code as Known;
  if (code.startsWith("postgres_binaries") || code === "postgres_account_missing") return "postgres_missing";
  if (code === "postgres_data_newer") return "database_newer";
  if (code === "not_migrated" || code === "database_not_migrated") return "migration_needed";
  if (code === "settings_malformed") return "settings_unreadable";
  if (code === "station_key_missing") return "store_key_missing";
  if (code.startsWith("signing_key") || code === "server_secret_unusable") return "server_key_unusable";
  if (code.startsWith("station_")) return "station_refused";
  if (code === "postgres_already_running") return "already_running";
  return code.startsWith("postgres_") ? "postgres_not_started" : "unknown";
}
