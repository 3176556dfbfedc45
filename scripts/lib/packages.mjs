// Debian packages: the station's by Tauri's bundler, the others from the folders under `packaging`.
import fs from "node:fs";
import path from "node:path";
import { buildPrograms } from "./build.mjs";
import { binary, cache, nativePostgres, root, target } from "./paths.mjs";
import { ask, run } from "./run.mjs";

// What lies where in each package that is put together here. Folders are copied whole.
const CONTENTS = {
  "viruj-server": (profile) => [
    [binary("viruj-server", profile), "usr/bin/viruj-server", 0o755],
    ["packaging/server/viruj-server.service", "lib/systemd/system/viruj-server.service"],
    ["packaging/server/viruj-server.env", "usr/share/viruj-server/viruj-server.env"],
    ["README.md", "usr/share/doc/viruj-server/README.md"],
  ],
  "viruj-station-updater": (profile) => [
    [binary("viruj-station-updater", profile), "usr/sbin/viruj-station-updater", 0o755],
    ["packaging/updater/viruj-station-updater.service", "lib/systemd/system/viruj-station-updater.service"],
    ["packaging/updater/viruj-station-updater.path", "lib/systemd/system/viruj-station-updater.path"],
  ],
  "viruj-station-postgres": () => [[nativePostgres, "usr/lib/viruj-station/postgres"]],
};
const FOLDERS = {
  "viruj-server": "server",
  "viruj-station-updater": "updater",
  "viruj-station-postgres": "postgres",
};
export const PACKAGES = ["viruj-station", ...Object.keys(CONTENTS)];

export const programVersion = () => JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).version;

// The builder's key pair, made on this machine the first time. Whoever keeps a key of their own names it in the environment.
export async function releaseKey(folder) {
  const named = folder === undefined ? process.env.TAURI_SIGNING_PRIVATE_KEY_PATH : undefined;
  const file = named ?? path.join(folder ?? path.join(cache, "release-key"), "builder.key");
  if (!fs.existsSync(file)) {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    await must("tauri signer", "npx", ["--no-install", "tauri", "signer", "generate", "-w", file, "-p", "", "--ci"]);
  }
  return { file, publicKey: fs.readFileSync(`${file}.pub`, "utf8").trim() };
}

// Builds the packages named, in the profile "release" or "debug", and gives back their files by name.
export async function buildPackages({
  names = PACKAGES,
  version = programVersion(),
  profile = "release",
  trusted,
  sign,
}) {
  const into = path.join(target, "packages", profile, version);
  fs.mkdirSync(into, { recursive: true });
  const release = profile === "release";
  const config = stationConfig(version, trusted ?? [(sign ?? (await releaseKey())).publicKey]);
  const programs = names.filter((name) => name !== "viruj-station-postgres");
  if (programs.length > 0) {
    // The window's version is compiled in, from the configuration.
    const env = { SQLX_OFFLINE: "true", TAURI_CONFIG: JSON.stringify({ version }) };
    const built = await buildPrograms(programs, { release, env: programs.includes("viruj-station") ? env : {} });
    if (!built.ok) throw new Error("the programs could not be built");
  }
  const files = {};
  for (const name of names) {
    files[name] =
      name === "viruj-station"
        ? await bundleStation(into, version, profile, config)
        : await assemble(name, into, version, profile);
  }
  if (files["viruj-station"]) {
    files.signature = await signPackage(files["viruj-station"], version, sign ?? (await releaseKey()));
  }
  return files;
}

// The `.sig` file that travels with a package; the version stands in the part that is signed.
export async function signPackage(file, version, key) {
  const args = ["--no-install", "tauri", "signer", "sign", "-f", key.file, "-p", "", "--app-version", version, file];
  await must("tauri signer", "npx", args, { env: { TAURI_SIGNING_PRIVATE_KEY: undefined } });
  return `${file}.sig`;
}

// Which builders' releases the installed station and its updater take.
function stationConfig(version, trusted) {
  const folder = fs.mkdtempSync(path.join(target, "release-keys-"));
  for (const [index, key] of trusted.entries())
    fs.writeFileSync(path.join(folder, `builder-${index + 1}.pub`), `${key}\n`);
  const files = { "/usr/share/viruj-station/release-keys": folder };
  return { version, bundle: { linux: { deb: { files } } }, folder };
}

async function bundleStation(into, version, profile, { folder, ...config }) {
  const program = binary("viruj-station", profile);
  const aside = `${program}.whole`;
  const args = ["--no-install", "tauri", "bundle", "--bundles", "deb", "--ci", "--config", JSON.stringify(config)];
  // Symbols are no use on a plant floor; they stay in the program beside the package.
  fs.rmSync(aside, { force: true });
  fs.renameSync(program, aside);
  try {
    await must("strip", "strip", ["--strip-unneeded", "-o", program, aside]);
    await must("tauri bundle", "npx", profile === "debug" ? [...args, "--debug"] : args);
  } finally {
    fs.renameSync(aside, program);
    fs.rmSync(folder, { recursive: true });
  }
  const bundled = path.join(target, profile, "bundle", "deb", `Viruj Station_${version}_${architecture()}.deb`);
  const file = path.join(into, fileName("viruj-station", version));
  fs.copyFileSync(bundled, file);
  return file;
}

async function assemble(name, into, version, profile) {
  const folder = fs.mkdtempSync(path.join(target, `${name}-`));
  const templates = path.join(root, "packaging", FOLDERS[name]);
  try {
    for (const [from, to, mode = 0o644] of CONTENTS[name](profile)) {
      const source = path.resolve(root, from);
      const place = path.join(folder, to);
      fs.mkdirSync(path.dirname(place), { recursive: true });
      if (fs.statSync(source).isDirectory()) {
        await must("cp", "cp", ["--recursive", "--dereference", source, place]);
      } else if (mode === 0o755) {
        await must("strip", "strip", ["--strip-unneeded", "-o", place, source]);
        fs.chmodSync(place, mode);
      } else {
        fs.copyFileSync(source, place);
        fs.chmodSync(place, mode);
      }
    }
    const size = Number(ask("du", ["--summarize", "--block-size=1K", folder]).output.split("\t")[0]);
    const control = path.join(folder, "DEBIAN");
    fs.mkdirSync(control, { mode: 0o755 });
    const values = { version, architecture: architecture(), size: String(size) };
    const text = fs.readFileSync(path.join(templates, "control"), "utf8");
    fs.writeFileSync(
      path.join(control, "control"),
      text.replace(/\{(\w+)\}/g, (_, value) => values[value]),
    );
    for (const script of ["postinst", "prerm", "postrm"]) {
      const source = path.join(templates, script);
      if (!fs.existsSync(source)) continue;
      fs.copyFileSync(source, path.join(control, script));
      fs.chmodSync(path.join(control, script), 0o755);
    }
    const file = path.join(into, fileName(name, version));
    await must("dpkg-deb", "dpkg-deb", ["--root-owner-group", "-Zgzip", "--build", folder, file]);
    return file;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const fileName = (name, version) => `${name}_${version}_${architecture()}.deb`;

const architecture = () => ask("dpkg", ["--print-architecture"]).output;

async function must(what, command, args, options = {}) {
  const { ok, output } = await run(command, args, { quiet: true, ...options });
  if (!ok) throw new Error(`${what}: ${output.trim().split("\n").slice(-5).join("\n")}`);
}
