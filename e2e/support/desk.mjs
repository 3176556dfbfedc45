// A person's desk, for one test alone: folders, a screen, a session bus and an unlocked keychain.
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startDisplay } from "./display.mjs";
import { startKeyring } from "./keyring.mjs";

export async function setUpDesk({ keyring = "unlocked" } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "viruj-desk-"));
  const desk = new Desk(folder);
  try {
    desk.display = await startDisplay(desk);
    desk.keyring = await startKeyring(desk, keyring);
  } catch (error) {
    await desk.clear();
    throw error;
  }
  return desk;
}

class Desk {
  constructor(folder) {
    this.folder = folder;
    this.logs = path.join(folder, "logs");
    this.password = crypto.randomBytes(12).toString("hex");
    for (const name of ["home", "data", "config", "cache", "state", "runtime"]) {
      fs.mkdirSync(path.join(folder, name), { mode: 0o700 });
    }
    const xdg = (name) => path.join(folder, name);
    this.env = {
      HOME: xdg("home"),
      XDG_DATA_HOME: xdg("data"),
      XDG_CONFIG_HOME: xdg("config"),
      XDG_CACHE_HOME: xdg("cache"),
      XDG_STATE_HOME: xdg("state"),
      XDG_RUNTIME_DIR: xdg("runtime"),
      // Nothing of the machine's own session.
      DBUS_SESSION_BUS_ADDRESS: "",
      WAYLAND_DISPLAY: "",
      GDK_BACKEND: "x11",
      NO_AT_BRIDGE: "1",
      LANG: "C.UTF-8",
    };
  }

  get stationData() {
    return path.join(this.folder, "data", "viruj-station");
  }

  async clear() {
    await this.keyring?.stop();
    await this.display?.stop();
    if (!process.env.VIRUJ_KEEP_DESK) fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
