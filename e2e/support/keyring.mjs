// A session bus and a keychain of their own. `keyring` is "unlocked", "locked", or "none" for a bus without a keychain.
import fs from "node:fs";
import path from "node:path";
import { environment } from "../../scripts/lib/paths.mjs";
import { ask } from "../../scripts/lib/run.mjs";
import { waitUntil } from "../../scripts/lib/wait.mjs";
import { TiedProcess } from "./processes.mjs";

export async function startKeyring(desk, keyring) {
  const bus = await startBus(desk);
  const session = { daemon: null, stop: () => stop(session, bus) };
  if (keyring === "none") return session;
  await unlock(desk, session);
  session.lock = () =>
    call(desk, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", [
      "array:objpath:/org/freedesktop/secrets/collection/login",
    ]);
  session.unlock = () => unlock(desk, session);
  session.isLocked = () => isLocked(desk);
  if (keyring === "locked") {
    session.lock();
    await waitUntil("the keychain to be locked", () => isLocked(desk) === true);
  }
  return session;
}

async function startBus(desk) {
  // Only what a test starts may answer on this bus: the machine's own services would be activated otherwise.
  const config = path.join(desk.folder, "bus.conf");
  const socket = path.join(desk.folder, "runtime", "bus");
  fs.writeFileSync(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`,
  );
  const args = [`--config-file=${config}`, "--nofork", "--nopidfile", "--print-address=3"];
  const bus = new TiedProcess("dbus-daemon", args, { env: desk.env, log: path.join(desk.logs, "bus.log") });
  desk.env.DBUS_SESSION_BUS_ADDRESS = await waitUntil("the session bus to say its address", () => {
    bus.assertRunning();
    return /^(.+)\n/.exec(bus.told)?.[1];
  });
  return bus;
}

// The daemon makes and opens the login collection with the password it reads.
async function unlock(desk, session) {
  await session.daemon?.end();
  const args = ["--foreground", "--unlock", "--components=secrets"];
  const log = path.join(desk.logs, "keyring.log");
  session.daemon = new TiedProcess("gnome-keyring-daemon", args, { env: desk.env, log, stdin: "pipe" });
  session.daemon.process.stdin.end(desk.password);
  await waitUntil("the keychain to be unlocked", () => {
    session.daemon.assertRunning();
    return isLocked(desk) === false;
  });
}

// null while nobody answers.
function isLocked(desk) {
  const answer = call(desk, "/org/freedesktop/secrets/aliases/default", "org.freedesktop.DBus.Properties.Get", [
    "string:org.freedesktop.Secret.Collection",
    "string:Locked",
  ]);
  return answer.ok ? answer.output.includes("boolean true") : null;
}

function call(desk, object, method, args) {
  const command = ["--session", "--print-reply", "--dest=org.freedesktop.secrets", object, method, ...args];
  return ask("dbus-send", command, { env: environment(desk.env) });
}

async function stop(session, bus) {
  await session.daemon?.end();
  await bus.end();
}
