// The real station in its real window, driven through WebKitWebDriver.
import fs from "node:fs";
import path from "node:path";
import { Builder, By, Capabilities, Key, until } from "selenium-webdriver";
import { binary, cache, environment, nativePostgres } from "../../scripts/lib/paths.mjs";
import { ask } from "../../scripts/lib/run.mjs";
import { waitUntil } from "../../scripts/lib/wait.mjs";
import { startWindowManager } from "./display.mjs";
import { answersOn, childrenOf, descendantsOf, freePort, TiedProcess } from "./processes.mjs";

const PATIENCE = 30_000;

export const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
];

// The committed pictures change only when somebody asks for it: a clock and a port are in them.
const PICTURES = process.env.VIRUJ_PICTURES ?? path.join(cache, "pictures");

const LOOKS = {
  light: { theme: "light", language: "en" },
  dark: { theme: "dark", language: "en" },
  te: { theme: "light", language: "te" },
  hi: { theme: "light", language: "hi" },
};

// `program` is another one than the one that was built, as one that is installed.
export async function startStation(desk, { env = {}, args = [], program = binary("viruj-station") } = {}) {
  const station = new Station(desk, env, args, program);
  await station.start();
  return station;
}

class Station {
  constructor(desk, env, args, program) {
    this.desk = desk;
    this.args = args;
    this.program = program;
    this.env = {
      ...desk.env,
      TAURI_WEBVIEW_AUTOMATION: "true",
      VIRUJ_POSTGRES_DIR: nativePostgres,
      // The desk says where the station's database is, not the machine that runs the test.
      DATABASE_URL: undefined,
      VIRUJ_SERVER_URL: undefined,
      ...env,
    };
  }

  // The driver starts the station, so the station's environment is the driver's.
  async start() {
    const port = await freePort();
    this.webDriver = new TiedProcess("WebKitWebDriver", [`--port=${port}`], {
      env: this.env,
      log: path.join(this.desk.logs, "station.log"),
    });
    await waitUntil("WebKitWebDriver", () => {
      this.webDriver.assertRunning();
      return answersOn(port);
    });
    const capabilities = new Capabilities({
      browserName: "wry",
      "webkitgtk:browserOptions": { binary: this.program, args: this.args },
    });
    this.driver = await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build();
    await this.driver.manage().setTimeouts({ script: PATIENCE, pageLoad: PATIENCE });
  }

  get pid() {
    return childrenOf(this.webDriver.pid)[0];
  }

  // As the end of a desktop session asks a program to end.
  async close() {
    const { pid } = this;
    process.kill(pid, "SIGTERM");
    await waitUntil("the station to end", () => hasEnded(pid));
    await this.#release();
  }

  // By the button in the title bar, which a window manager draws: it asks, and the program ends in its own order.
  async closeByButton() {
    const { pid } = this;
    // Its number stays when the manager takes it into a frame; for a moment it is not shown then.
    const window = this.#window();
    const manager = await startWindowManager(this.desk);
    try {
      await waitUntil("the title bar", () => manager.hasDecorated(window));
      manager.pressClose(window);
      await waitUntil("the station to end", () => hasEnded(pid));
    } finally {
      await manager.stop();
    }
    await this.#release();
  }

  // As a scanner on a cable: real key presses, faster than a person's, and Enter.
  scan(code) {
    this.#xdotool("windowfocus", "--sync", this.#window(), "type", "--delay", "5", code);
    this.#xdotool("key", "Return");
  }

  // Real keys at once, as "ctrl+k"; by the driver Ctrl would stay down.
  chord(keys) {
    this.#xdotool("windowfocus", "--sync", this.#window(), "key", keys);
  }

  // A real press of the pointer, at a place of the screen.
  pressAt(x, y, button) {
    this.#xdotool("mousemove", String(Math.round(x)), String(Math.round(y)), "click", String(button));
  }

  #window() {
    return this.#xdotool("search", "--onlyvisible", "--name", "^Viruj Station$").split("\n")[0];
  }

  #xdotool(...args) {
    const answer = ask("xdotool", args, { env: environment(this.env) });
    if (!answer.ok) throw new Error(`xdotool ${args.join(" ")}: ${answer.error}`);
    return answer.output;
  }

  // The station has ended, or another one runs in its place, which the driver knows nothing of.
  async abandon() {
    await this.#release();
  }

  async kill() {
    const { pid } = this;
    process.kill(pid, "SIGKILL");
    // The kernel gives the data folder back when the process is gone, which takes its time on a busy machine.
    await waitUntil("the station to be gone", () => hasEnded(pid));
    await this.#release();
  }

  async restart() {
    await this.close();
    await this.start();
  }

  // The session is gone with the station, so its end is not asked for; the driver goes with it.
  async #release() {
    this.driver = null;
    await this.webDriver.end();
    this.#reportLostPage();
  }

  // Ends the page's process, as a fault of the web view does. The driver cannot find the page that is loaded again.
  async losePage() {
    this.losesPage = true;
    const [page] = this.pages();
    process.kill(page, "SIGKILL");
    await waitUntil("another page", () => this.pages().some((pid) => pid !== page));
  }

  pages() {
    const isPage = (pid) => fs.readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("WebKitWebProces");
    return descendantsOf(this.pid).filter(isPage);
  }

  log() {
    return fs.readFileSync(this.webDriver.log, "utf8");
  }

  // A web view that crashed under a test is no answer to what the test asks; whoever runs the tests is told.
  #reportLostPage() {
    const place = process.env.VIRUJ_LOST_PAGES;
    if (!place || this.losesPage || !fs.existsSync(this.webDriver.log)) return;
    const told = this.log()
      .split("\n")
      .filter((line) => line.includes("the process of the page ended"));
    if (told.length > 0) fs.appendFileSync(place, `${told.join("\n")}\n`);
  }

  async byTestId(id) {
    const locator = By.css(`[data-testid="${id}"]`);
    return this.driver.wait(
      until.elementLocated(locator),
      PATIENCE,
      `no [data-testid="${id}"]\n${await this.#words()}`,
    );
  }

  async attributeOf(id, name) {
    return (await this.byTestId(id)).getAttribute(name);
  }

  allByTestId(id) {
    return this.driver.findElements(By.css(`[data-testid="${id}"]`));
  }

  // React may replace the element between finding and pressing it, so both are tried again together.
  async clickTestId(id) {
    await this.#retry(`pressing ${id}`, async () => {
      const element = await this.byTestId(id);
      await this.driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", element);
      if (!(await this.#canBePressed(element))) return false;
      await element.click();
      return true;
    });
  }

  // Not while it is out of use, slides in, or lies below something else: a press would go elsewhere.
  #canBePressed(element) {
    return this.driver.executeAsyncScript(
      `const [element, done] = arguments;
       const place = () => JSON.stringify(element.getBoundingClientRect());
       const before = place();
       requestAnimationFrame(() => requestAnimationFrame(() => {
         const { left, top, width, height } = element.getBoundingClientRect();
         const hit = document.elementFromPoint(left + width / 2, top + height / 2);
         const isUsable = !element.matches(":disabled") && element.getAttribute("aria-disabled") !== "true";
         done(isUsable && place() === before && (element.contains(hit) || hit?.contains(element) === true));
       }));`,
      element,
    );
  }

  // What stands there is selected by script, and typed over: WebKitWebDriver keeps Ctrl down after a chord.
  async typeInto(id, text) {
    await this.#retry(`typing into ${id}`, async () => {
      const field = await this.byTestId(id);
      await this.driver.executeScript("arguments[0].focus(); arguments[0].select()", field);
      await field.sendKeys(text === "" ? Key.BACK_SPACE : text);
      // Keys of before may still be on their way; an emptied field is empty.
      return text !== "" || (await field.getAttribute("value")) === "";
    });
  }

  // The field of a day takes month, day and year; a hyphen leads on to the next. `day` is written 2026-11-26.
  async typeDay(id, day) {
    const [year, month, date] = day.split("-");
    await this.typeInto(id, `${month}-${date}-${year}`);
    await this.waitForValue(id, day);
  }

  // One key, wherever the focus is.
  async press(key) {
    await this.driver.switchTo().activeElement().sendKeys(key);
  }

  // An option of the list that is open, once it has come to rest: a list that opens upwards moves its options when what was
  // typed makes it shorter, and a press where one was a moment ago chooses nothing.
  async chooseOption(label) {
    const option = By.xpath(`//*[@role="option" and contains(., "${label}")]`);
    let last = null;
    await this.#retry(`choosing ${label}`, async () => {
      // A list that is closed keeps its options in the page.
      for (const element of await this.driver.findElements(option)) {
        if (!(await element.isDisplayed())) continue;
        // A long list shows its first options only.
        await this.driver.executeScript("arguments[0].scrollIntoView({ block: 'nearest' })", element);
        const place = JSON.stringify(await element.getRect());
        if (place !== last) {
          last = place;
          return false;
        }
        await element.click();
        return true;
      }
      return false;
    });
  }

  async textOf(id) {
    return (await this.byTestId(id)).getText();
  }

  async waitForText(id, expected) {
    const matches = (text) => (expected instanceof RegExp ? expected.test(text) : text.includes(expected));
    await this.#retry(`${id} to say ${expected}`, async () => matches(await this.textOf(id)));
  }

  async waitForAttribute(id, name, expected) {
    await this.#retry(`${name} of ${id} to be ${expected}`, async () => {
      return (await (await this.byTestId(id)).getAttribute(name)) === expected;
    });
  }

  async waitForValue(id, expected) {
    await this.#retry(`the value of ${id} to be ${expected}`, async () => {
      return (await (await this.byTestId(id)).getProperty("value")) === expected;
    });
  }

  async waitForNo(id) {
    await this.#retry(`${id} to go`, async () => (await this.allByTestId(id)).length === 0);
  }

  // The window is sized until the page has the size: what a picture is called is what it shows.
  async resize({ width, height }) {
    await this.driver.manage().window().setRect({ x: 0, y: 0, width, height });
    await this.#retry(`a window of ${width}×${height}`, async () => {
      const [w, h] = await this.driver.executeScript("return [window.innerWidth, window.innerHeight]");
      return w === width && h === height;
    });
  }

  // Language and theme as the person's menu sets them, on screens too that keep the menu away.
  async look({ theme = "light", language = "en" }) {
    await this.driver.executeAsyncScript(
      `const [preferences, done] = arguments;
       window.__TAURI_INTERNALS__.invoke("save_preferences", { preferences }).then(() => done(), done);`,
      { theme, language, density: "comfortable" },
    );
    await this.#retry(`the screen to be ${theme} in ${language}`, () =>
      this.driver.executeScript(
        "const { lang, dataset } = document.documentElement; return lang === arguments[0] && dataset.mantineColorScheme === arguments[1];",
        language,
        theme,
      ),
    );
  }

  // <screen>-<width>x<height>-<look>.png; a name may be asked for in several looks and sizes.
  async screenshots(screen, looks = { light: SIZES, dark: SIZES.slice(0, 1), te: SIZES.slice(0, 1) }) {
    for (const [look, sizes] of Object.entries(looks)) {
      await this.look(LOOKS[look]);
      for (const size of sizes) {
        await this.resize(size);
        await this.driver.executeAsyncScript(
          "const done = arguments[0]; document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done())));",
        );
        const file = path.join(PICTURES, `${screen}-${size.width}x${size.height}-${look}.png`);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, await this.driver.takeScreenshot(), "base64");
      }
    }
    await this.look(LOOKS.light);
    await this.resize(SIZES[0]);
  }

  // What is on the screen now, base64; null when there is no window.
  async picture() {
    return (await this.driver?.takeScreenshot().catch(() => null)) ?? null;
  }

  async #retry(what, attempt) {
    let last = null;
    try {
      await waitUntil(
        what,
        async () => {
          try {
            return await attempt();
          } catch (error) {
            last = error;
            return false;
          }
        },
        { seconds: PATIENCE / 1000, every: 50 },
      );
    } catch (error) {
      throw new Error(`${error.message}; last: ${last?.message ?? "no error"}\n${await this.#words()}`);
    }
  }

  // What the person saw, for the message of a failed test.
  async #words() {
    try {
      return await this.driver.executeScript("return document.body.innerText.slice(0, 2000)");
    } catch {
      return this.webDriver.logTail();
    }
  }
}

// Its parent, the driver, may be slow to take notice.
function hasEnded(pid) {
  try {
    return /^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}
