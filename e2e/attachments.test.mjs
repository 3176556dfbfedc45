// A photo that belongs to an entry: taken at the station, kept there, sent behind its entry, and had again.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { waitUntil } from "../scripts/lib/wait.mjs";
import { makeBatch, startFloor } from "./support/floor.mjs";
import { atPhase, OPERATOR, openBatch, signIn } from "./support/people.mjs";
import { picture } from "./support/pictures.mjs";
import { SIZES } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const [SMALL] = SIZES;
const ALL_LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const NUMBER = `PHO-${String(new Date().getFullYear() % 100).padStart(2, "0")}-001`;
const PHOTO = picture(320, 180, [40, 120, 90]);

const PROCEDURE = {
  product: "Coated tablets",
  product_code: "PHO010",
  batch_size: "10.00",
  batch_unit: "kg",
  unit_procedures: [
    {
      name: "Coating",
      operations: [
        {
          name: "Coater",
          phases: [
            {
              key: "COA-010",
              title: "Photo of the cleared coater",
              instruction: "Take a photo of the open pan, so that every corner of it can be seen.",
              kind: { type: "attachment", accepts: "photo" },
            },
            { key: "COA-020", title: "Close the pan", instruction: "Close it.", kind: { type: "confirmation" } },
          ],
        },
      ],
    },
  ],
};

let floor;
let desk;
let postgres;
let server;
let station;
const step = startStory(() => station);

before(async () => {
  floor = await startFloor();
  ({ desk, postgres, server, station } = floor);
  await makeBatch(floor, PROCEDURE, NUMBER);
});

after(() => floor?.stop());

const arrived = () => postgres.query("SELECT encode(content, 'hex') FROM attachments").map(([hex]) => hex);

async function choose(name, bytes) {
  const file = path.join(desk.folder, name);
  fs.writeFileSync(file, bytes);
  await (await station.byTestId("attachment-file")).sendKeys(file);
  await station.waitForText("attachment-chosen", name);
}

step("[SEC-30] a page that calls itself a photo is refused in words, and nothing is recorded", async () => {
  await signIn(station, OPERATOR);
  await openBatch(station, NUMBER);
  await atPhase(station, 1);
  await station.screenshots("attachment", ALL_LOOKS);
  await choose("photo.png", "<html><script>alert(1)</script></html>");
  await station.clickTestId("primary-action");
  await station.waitForText("record-error", "Only PDF, PNG, JPEG and ZIP");
  await choose("tail.png", Buffer.concat([PHOTO, Buffer.from("PK\u0003\u0004")]));
  await station.clickTestId("primary-action");
  await station.waitForText("record-error", "Something else hides in this file");
  assert.deepEqual(
    postgres.query(
      "SELECT 1 FROM operations WHERE batch_id IN (SELECT id FROM production_batches WHERE batch_number = '" +
        NUMBER +
        "')",
    ),
    [],
  );
});

step("a photo is looked at, recorded, and follows its entry to the server", async () => {
  await choose("pan.png", PHOTO);
  await station.screenshots("attachment-chosen", ALL_LOOKS);
  await station.clickTestId("primary-action");
  await atPhase(station, 2);
  await waitUntil("the photo to arrive", () => arrived().length === 1);
  assert.deepEqual(arrived(), [PHOTO.toString("hex")]);
  await station.waitForAttribute("unsent-count", "data-count", "0");
});

step("without the server a photo waits here, counts as unsent, and goes when it is back", async () => {
  await server.stop();
  await station.waitForAttribute("connection-status", "data-state", "offline");
  await station.clickTestId("phase-row-1");
  await station.clickTestId("correct-entry");
  await station.typeInto("decision-reason", "The lid threw a shadow on the photo.");
  await station.clickTestId("decision-keep");
  const other = picture(320, 180, [90, 140, 160]);
  await choose("pan-again.png", other);
  await station.clickTestId("primary-action");
  await station.waitForAttribute("unsent-count", "data-count", "1");
  await server.start();
  await waitUntil("both photos to be there", () => arrived().length === 2);
  assert.ok(arrived().includes(other.toString("hex")));
  await station.waitForAttribute("unsent-count", "data-count", "0");
});

step("whoever reads the record has the file again, byte by byte, under a name that the station makes", async () => {
  await station.clickTestId("phase-row-1");
  await station.waitForText("phase-record", /pan\.png[\s\S]*pan-again\.png/);
  await station.clickTestId("entry-file-save");
  const saved = await station.textOf("entry-file-saved");
  const [file] = /\/\S+\.png/.exec(saved);
  assert.deepEqual(fs.readFileSync(file), PHOTO);
  assert.match(path.basename(file), /^PHO-\d\d-001-step-1-[0-9a-f]{12}-/);
  await station.screenshots("attachment-saved", { light: [SMALL] });
});
