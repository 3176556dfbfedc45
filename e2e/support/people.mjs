// The people of the demo and of the legacy system, and what each does at a station's screen.
import { randomBytes } from "node:crypto";
import { waitUntil } from "../../scripts/lib/wait.mjs";

const PASSWORD = "demo123";

export const OPERATOR = { email: "david.chen@pharma.com", name: "David Chen", password: PASSWORD };
export const ADMINISTRATOR = { email: "admin@pharma.com", name: "Admin User", password: PASSWORD };
export const PRODUCTION_HEAD = { email: "john.smith@pharma.com", name: "John Smith", password: PASSWORD };
export const QA_HEAD = { email: "raj.patel@pharma.com", name: "Raj Patel", password: PASSWORD };
export const PLANT_HEAD = { email: "thomas.moore@pharma.com", name: "Thomas Moore", password: PASSWORD };
export const SECURITY_OFFICER = { email: "jennifer.lee@pharma.com", name: "Jennifer Lee", password: PASSWORD };
export const QA_MANAGER = { email: "priya.sharma@pharma.com", name: "Priya Sharma", password: PASSWORD };
export const QA_OPERATOR = { email: "emily.brown@pharma.com", name: "Emily Brown", password: PASSWORD };
export const QC_MANAGER = { email: "robert.taylor@pharma.com", name: "Robert Taylor", password: PASSWORD };
export const QC_OPERATOR = { email: "lisa.anderson@pharma.com", name: "Lisa Anderson", password: PASSWORD };
export const WAREHOUSE_MANAGER = { email: "james.wilson@pharma.com", name: "James Wilson", password: PASSWORD };

export async function signIn(station, { email, password }) {
  await station.typeInto("sign-in-email", email);
  await station.typeInto("sign-in-password", password);
  await station.clickTestId("sign-in-submit");
}

export async function signOut(station) {
  await station.clickTestId("person-menu");
  await station.clickTestId("sign-out");
  await station.byTestId("sign-in");
}

// A System Admin registers the station once; afterwards anybody may sign in.
export async function registerStation(station, { plant = "plant-a", name = "Granulation 2" } = {}) {
  await signIn(station, ADMINISTRATOR);
  await station.byTestId("registration");
  await station.clickTestId(`registration-plant-${plant}`);
  await station.typeInto("registration-station-name", name);
  await station.clickTestId("registration-submit");
  await station.byTestId("shell");
  await signOut(station);
}

export async function openBatch(station, number) {
  await station.clickTestId("menu-my-batches");
  await station.typeInto("batches-search", number);
  await openFoundBatch(station, number);
}

// The search moves the row to the top: a press that meets the place where it was opens nothing, and is repeated.
export async function openFoundBatch(station, number) {
  const isOpen = async () => (await station.allByTestId("execution")).length > 0;
  await waitUntil(`batch ${number} to open`, async () => {
    await station.clickTestId(`batch-row-${number}`);
    return waitUntil("its screen", isOpen, { seconds: 5 }).catch(() => false);
  });
  await station.waitForAttribute("execution", "data-batch", number);
}

export async function atPhase(station, number) {
  await station.waitForAttribute("phase-panel", "data-phase-number", String(number));
}

// The first signature of a session takes both components (21 CFR 11.200).
export async function sign(station, { email, password }) {
  await station.byTestId("signature-password");
  if ((await station.allByTestId("signature-email")).length > 0) await station.typeInto("signature-email", email);
  await station.typeInto("signature-password", password);
  await station.clickTestId("signature-sign");
}

// 2026-11-26, so many days from now.
export function dayFromNow(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

// One that occurs nowhere else, so that it can be looked for in files.
export function unusualPassword() {
  return `correct horse ${randomBytes(9).toString("hex")}`;
}
