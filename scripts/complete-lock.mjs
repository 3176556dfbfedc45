// `npm run lock`, after a dependency has changed: completes package-lock.json for platforms other than this one.
//
// A registry mirror may serve only some of a tool's platform packages. npm then leaves the others out of the lock,
// and afterwards `npm ci` refuses the lock for want of them, on every platform. Their entries need no more than the
// version and what they are for: npm skips them where they do not fit, and fetches them where they do.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./lib/paths.mjs";
import { say } from "./lib/report.mjs";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];
const LIBRARIES = { musl: "musl", gnu: "glibc" };

// What a name like `@scope/cli-linux-x64-musl` says, or null when it is not the name of a platform package.
export function platformOf(name) {
  const words = name.replace(/^.*\//, "").split(/[-_.]/);
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  const libc = words.map((word) => LIBRARIES[word]).find(Boolean);
  return os && cpu ? { os: [os], cpu: [cpu], ...(libc && os === "linux" ? { libc: [libc] } : {}) } : null;
}

export function complete(lock) {
  const added = [];
  for (const [owner, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const known = [`node_modules/${name}`, `${owner}/node_modules/${name}`].some((place) => place in lock.packages);
      const platform = platformOf(name);
      if (known || !platform || !/^\d/.test(version)) continue;
      lock.packages[`node_modules/${name}`] = inNpmsOrder({ version, ...platform, dev: entry.dev, optional: true });
      added.push(`${name}@${version}`);
    }
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries(sorted);
  return added;
}

// As npm would write it, so that its next run changes nothing.
function inNpmsOrder({ version, ...rest }) {
  const told = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { version, ...Object.fromEntries(told.sort(([a], [b]) => a.localeCompare(b, "en"))) };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = path.join(root, "package-lock.json");
  const lock = JSON.parse(fs.readFileSync(file, "utf8"));
  const added = complete(lock);
  if (added.length > 0) fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  for (const name of added) say(`added ${name}`);
  say(`package-lock.json: ${added.length} platform packages added`);
}
