// A shift without the server: signed steps, a handover, a killed program, and the server's verdict when it is back.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before } from "node:test";
import { makeBatch, startFloor } from "./support/floor.mjs";
import { openOtherStation } from "./support/other-station.mjs";
import {
  ADMINISTRATOR,
  atPhase,
  OPERATOR,
  openBatch,
  PRODUCTION_HEAD,
  QA_HEAD,
  sign,
  signIn,
  signOut,
} from "./support/people.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";
import { brokenLinks, effectiveEntries } from "./support/trail.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const NUMBER = `OFF-${String(new Date().getFullYear() % 100).padStart(2, "0")}-001`;
const SIGNATURES = 20;
const HANDOVER = 11;
// The step that another station does, too.
const PLANTED = 2;

const key = (number) => `OFF-${String(number * 10).padStart(3, "0")}`;
const PROCEDURE = {
  product: "Oral rehydration salts",
  product_code: "OFF010",
  batch_size: "40.00",
  batch_unit: "kg",
  unit_procedures: [
    {
      name: "Filling",
      operations: [
        {
          name: "Sachets",
          phases: Array.from({ length: SIGNATURES }, (_, index) => ({
            key: key(index + 1),
            title: `Sachets of tray ${index + 1} sealed`,
            instruction: `Look at every seal of tray ${index + 1}.`,
            kind: { type: "confirmation" },
            signature: "performed",
          })),
        },
      ],
    },
  ],
};

let floor;
let postgres;
let server;
let station;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ postgres, server, station } = floor);
  await makeBatch(floor, PROCEDURE, NUMBER);
  // Both have been here before, so both have a key at this station.
  await signIn(station, PRODUCTION_HEAD);
  await station.byTestId("shell");
  await signOut(station);
  await signIn(station, OPERATOR);
  await openBatch(station, NUMBER);
});

after(() => floor?.stop());

const signatures = () =>
  postgres.query(`
    SELECT phase.number, entry.person_name, entry.signature::jsonb ->> 'method'
    FROM phase_entries entry JOIN batch_phases phase ON phase.id = entry.phase_id
    JOIN production_batches batch ON batch.id = entry.batch_id
    WHERE batch.batch_number = '${NUMBER}' AND entry.is_effective ORDER BY phase.number`);

const offlineEvents = () =>
  postgres.query("SELECT action FROM audit_entries WHERE action LIKE 'offline_session_%' ORDER BY feed, seq").flat();

async function signStep(number, person) {
  await atPhase(station, number);
  await station.clickTestId("primary-action");
  await sign(station, person);
  await station.waitForNo("signature-password");
}

async function changePerson({ email, password }) {
  await station.clickTestId("person-menu");
  await station.clickTestId("change-person");
  await station.byTestId("change-person-sheet");
  await station.typeInto("sign-in-email", email);
  await station.typeInto("sign-in-password", password);
  await station.clickTestId("sign-in-submit");
}

step("[P11-200-1] an operator signs while the server is away, and the first time takes both components", async () => {
  await station.waitForAttribute("batch-lease", "data-place", "nowhere");
  await signStep(1, OPERATOR);
  await atPhase(station, 2);
  // The first entry has brought the batch to this station.
  await station.waitForAttribute("batch-lease", "data-place", "here");
  await station.clickTestId("batch-lease");
  await station.screenshots("lease-here", ALL_LOOKS);
  await station.clickTestId("lease-close");
  await server.stop();
  await station.waitForAttribute("connection-status", "data-state", "offline");
  await station.clickTestId("primary-action");
  await sign(station, { ...OPERATOR, password: "demo124" });
  await station.waitForText("signature-error", "password");
  await station.screenshots("offline-sign", ALL_LOOKS);
  await sign(station, OPERATOR);
  await station.waitForNo("signature-password");
  await station.waitForAttribute("receipt-words", "data-state", "saved");
  for (let number = 3; number < HANDOVER; number += 1) await signStep(number, OPERATOR);
  await station.waitForAttribute("unsent-count", "data-count", String(HANDOVER - 1));
});

step("the station is handed over with the batch open, and each entry keeps its person", async () => {
  await atPhase(station, HANDOVER);
  await station.clickTestId("person-menu");
  await station.clickTestId("change-person");
  await station.byTestId("change-person-sheet");
  await station.screenshots("change-person", ALL_LOOKS);
  await station.typeInto("sign-in-email", QA_HEAD.email);
  await station.typeInto("sign-in-password", QA_HEAD.password);
  await station.clickTestId("sign-in-submit");
  await station.waitForText("sign-in-error", "has not signed in at this station before");
  await station.screenshots("change-person-unknown", { light: [SMALL] });
  await station.typeInto("sign-in-email", PRODUCTION_HEAD.email);
  await station.typeInto("sign-in-password", PRODUCTION_HEAD.password);
  await station.clickTestId("sign-in-submit");
  await station.waitForText("person-name", PRODUCTION_HEAD.name);
  await station.waitForNo("change-person-sheet");
  await station.waitForAttribute("execution", "data-batch", NUMBER);
  await atPhase(station, HANDOVER);
  for (let number = HANDOVER; number < 15; number += 1) await signStep(number, PRODUCTION_HEAD);
});

step("a killed program comes back to the same person, and the batch goes on to its end", async () => {
  await atPhase(station, 15);
  await station.kill();
  await station.start();
  await station.waitForText("person-name", PRODUCTION_HEAD.name);
  await openBatch(station, NUMBER);
  for (let number = 15; number <= SIGNATURES; number += 1) await signStep(number, PRODUCTION_HEAD);
  await station.waitForText("execution", "All steps are done");
  await station.screenshots("offline-done", { light: SIZES, dark: [SMALL] });
});

step("what waits is saved to a stick, sealed, and goes on waiting", async () => {
  await station.clickTestId("connection-status");
  await station.byTestId("unsent-list");
  await station.clickTestId("unsent-export");
  const said = await station.textOf("unsent-exported");
  const [file] = said.match(/\/\S+\.age/);
  assert.ok(fs.readFileSync(file, "latin1").startsWith("age-encryption.org/v1\n"));
  fs.rmSync(file);
  await station.screenshots("unsent-exported", { light: SIZES, dark: [SMALL] });
  await station.clickTestId("unsent-drawer-close");
  await station.waitForNo("unsent-exported");
});

step("[ALCOA-C] the server takes every entry with its signature, and tells who was there", async () => {
  await station.close();
  await server.start();
  // Meanwhile somebody has done the second step at another station.
  const other = await openOtherStation(server, {
    plant: "plant-a",
    name: "Granulation 3",
    administrator: ADMINISTRATOR,
  });
  const [[phase, version, batchId, master, masterVersion]] = postgres.query(`
    SELECT phase.id, phase.version, batch.id, batch.master_record_id, batch.master_version
    FROM batch_phases phase JOIN production_batches batch ON batch.id = phase.batch_id
    WHERE batch.batch_number = '${NUMBER}' AND phase.number = ${PLANTED}`);
  const [[personId]] = postgres.query(`SELECT id FROM users WHERE email = '${PRODUCTION_HEAD.email}'`);
  await other.takeOver({ person: PRODUCTION_HEAD, batchId, reason: "Granulation 2 does not answer" });
  const verdict = await other.confirm({
    person: PRODUCTION_HEAD,
    personId,
    batchId,
    phase,
    version: Number(version),
    masterRecord: { id: master, version: Number(masterVersion) },
  });
  assert.equal(verdict.verdict.verdict, "accepted");
  await station.start();
  await station.waitForText("person-name", PRODUCTION_HEAD.name);
  await station.waitForAttribute("connection-status", "data-state", "online");
  await station.waitForAttribute("unsent-count", "data-count", "0");
  const expected = Array.from({ length: SIGNATURES }, (_, index) => {
    const number = index + 1;
    const person = number < HANDOVER && number !== PLANTED ? OPERATOR.name : PRODUCTION_HEAD.name;
    return [String(number), person, number <= PLANTED ? "server_attested" : "person_key"];
  });
  assert.deepEqual(signatures(), expected);
  const verdicts = effectiveEntries(postgres, NUMBER).map((entry) => entry.verdict);
  assert.deepEqual([verdicts.length, [...new Set(verdicts)]], [SIGNATURES, ["accepted"]]);
  assert.deepEqual(offlineEvents(), ["offline_session_failed", "offline_session_opened"]);
  assert.deepEqual(brokenLinks(postgres), []);
});

step("whoever came without the server is known to it by signing in once more", async () => {
  await station.byTestId("person-remembered");
  await changePerson(OPERATOR);
  await station.waitForText("person-name", OPERATOR.name);
  await station.waitForNo("person-remembered");
  await signOut(station);
});

step("[hard case 4] quality assurance finds the conflict and decides it with a signature", async () => {
  await signIn(station, QA_HEAD);
  await station.clickTestId("menu-conflicts");
  await station.clickTestId(`conflict-row-${NUMBER}-${PLANTED}`);
  await station.waitForText("conflict-standing", PRODUCTION_HEAD.name);
  await station.waitForText("conflict-standing", "Granulation 3");
  await station.waitForText("conflict-kept", OPERATOR.name);
  await station.waitForText("conflict-kept", "Granulation 2");
  await station.waitForText("conflict-server", "had reached the server first");
  await station.screenshots("conflicts", ALL_LOOKS);
  await station.clickTestId("conflict-decide");
  await station.typeInto("change-reason", "Both looked at the seals; the record of Granulation 3 stands.");
  await sign(station, QA_HEAD);
  await station.waitForNo("signature-password");
  await station.byTestId("conflicts-empty");
  await station.screenshots("conflicts-none", { light: [SMALL], dark: [SMALL] });
  await station.clickTestId("conflicts-only-open");
  await station.waitForText("conflict-decision", QA_HEAD.name);
  await station.screenshots("conflict-decided", { light: SIZES });
  const decided = postgres.query("SELECT kind, person_name FROM exception_decisions WHERE kind = 'conflict'");
  assert.deepEqual(decided, [["conflict", QA_HEAD.name]]);
  const kept = postgres.query("SELECT entity, meaning FROM record_signatures WHERE entity = 'phase_entries'");
  assert.deepEqual(kept, [["phase_entries", "reviewed"]]);
});
