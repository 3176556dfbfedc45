// What the machine must have: three tools that we do not install, and Debian packages that we do.
import fs from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";
import { giveUp, say } from "./report.mjs";
import { ask, run } from "./run.mjs";

const TOOLS = [
  { command: "git", least: [2, 0], from: "https://git-scm.com" },
  { command: "cargo", least: rustVersion(), from: "https://rustup.rs" },
  { command: "node", least: [20, 19], from: "https://nodejs.org" },
  { command: "npm", least: [9, 0], from: "https://nodejs.org" },
];

const BUILD = [
  ["build-essential", "the C compiler and linker that Rust and SQLCipher need"],
  ["pkg-config", "finds the libraries below"],
  ["libwebkit2gtk-4.1-dev", "the web view of the window"],
  ["libssl-dev", "TLS of the web view's toolchain"],
  ["librsvg2-dev", "icons of the window"],
  ["libdbus-1-dev", "talks to the session bus, hence to the keychain"],
];

// What a station needs of its desktop. One provider of the Secret Service is enough; a desktop may bring its own.
const DESKTOP = [
  ["xdg-utils", "opens the system's browser for the sign-in with a company account"],
  ["gnome-keyring|kwalletmanager|keepassxc", "the keychain (Secret Service) that holds tokens and keys"],
];

const TEST = [
  ["xvfb", "a screen for the window under test"],
  ["xauth", "keeps that screen private"],
  ["webkit2gtk-driver", "drives the window under test (WebKitWebDriver)"],
  ["dbus", "a session bus for the tests alone"],
  ["dbus-x11", "starts that bus beside a screen"],
  ["gnome-keyring", "a keychain for the tests alone"],
  ["libsecret-tools", "looks into that keychain"],
  ["x11-utils", "asks the screen which windows it shows"],
  ["xdg-utils", "opens the browser of the sign-in with a company account"],
  ["xdotool", "sizes the window for screenshots"],
  ["openbox", "title bars, so that the window can be closed by its button"],
  ["fonts-dejavu-core", "a font where the system has none"],
  ["python3-aiosmtpd", "a mail server that the tests send codes to"],
  ["poppler-utils", "pdftotext, which reads the printed record as an inspector's program does"],
  ["postgresql-client", "psql, which loads and inspects test databases"],
  ["strace", "tells what a disk has confirmed when the power goes"],
  ["util-linux", "unshare: a disk of one megabyte in a namespace of its own"],
  ["python3-venv", "the environments of schemathesis and of the benchmark's peer"],
];

function rustVersion() {
  const manifest = fs.readFileSync(path.join(root, "Cargo.toml"), "utf8");
  return (/^rust-version = "([\d.]+)"/m.exec(manifest)?.[1] ?? "1.95").split(".").map(Number);
}

export function parseVersion(text) {
  const found = /(\d+)\.(\d+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : null;
}

export function isOlder(version, least) {
  return version[0] < least[0] || (version[0] === least[0] && version[1] < (least[1] ?? 0));
}

export function checkTools() {
  const missing = TOOLS.flatMap(({ command, least, from }) => {
    const answer = ask(command, ["--version"]);
    const version = answer.ok ? parseVersion(answer.output) : null;
    if (version && !isOlder(version, least)) return [];
    return [
      `${command} ${least.join(".")} or newer (${version ? `found ${version.join(".")}` : "not found"}; ${from})`,
    ];
  });
  if (missing.length > 0) giveUp(`needed and missing: ${missing.join(", ")}`);
}

export async function installPackages({ forTests }) {
  await install([...BUILD, ...(forTests ? TEST : DESKTOP)]);
}

// Pairs of a package and what it is for.
export async function install(wanted) {
  if (process.platform !== "linux") return;
  if (!ask("dpkg-query", ["--version"]).ok) {
    say(`This is neither Debian nor Ubuntu; the programs need what these packages hold: ${names(wanted).join(" ")}`);
    return;
  }
  const missing = missingOf(wanted, installed());
  if (missing.length === 0) return;
  say("Installing Debian packages:");
  for (const [name, why] of missing) say(`  ${first(name).padEnd(24)} ${why}`);
  const apt = rootCommand();
  const update = await run(apt[0], [...apt.slice(1), "apt-get", "update", "-q"], { quiet: true });
  const install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", ...names(missing)];
  const installation = await run(apt[0], [...apt.slice(1), ...install], { quiet: true });
  if (!installation.ok) {
    process.stderr.write(lastLines(update.ok ? installation.output : update.output + installation.output));
    giveUp(`these packages could not be installed: ${names(missing).join(" ")}`);
  }
}

export function missingOf(wanted, present) {
  return wanted.filter(([name]) => !name.split("|").some((alternative) => present.has(alternative)));
}

function installed() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg fills these in.
  const answer = ask("dpkg-query", ["--show", "--showformat", "${Package} ${db:Status-Status}\n"]);
  const lines = answer.output.split("\n").map((line) => line.split(" "));
  return new Set(lines.filter(([, status]) => status === "installed").map(([name]) => name));
}

// The variable is set behind sudo, which drops the environment.
function rootCommand() {
  const env = ["env", "DEBIAN_FRONTEND=noninteractive"];
  if (process.getuid() === 0) return env;
  if (!ask("sudo", ["--version"]).ok) giveUp("packages are missing and there is no sudo; run this once as root");
  // sudo asks for the password on the terminal itself; without one it must not wait for ever.
  return ["sudo", ...(process.stdin.isTTY ? [] : ["-n"]), ...env];
}

const first = (name) => name.split("|")[0];
const names = (packages) => packages.map(([name]) => first(name));
const lastLines = (text) => `${text.trim().split("\n").slice(-15).join("\n")}\n`;
