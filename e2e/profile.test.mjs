// A person's own account at the station: the password, a one-time password, a code by mail, sign-ins elsewhere.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before } from "node:test";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { setUpDesk } from "./support/desk.mjs";
import { startMailSink } from "./support/mail.mjs";
import { ADMINISTRATOR, OPERATOR, registerStation, signIn, signOut, unusualPassword } from "./support/people.mjs";
import { serverCommand, startServer } from "./support/server.mjs";
import { SIZES, startStation } from "./support/station.mjs";
import { startStory } from "./support/story.mjs";

const [SMALL] = SIZES;
const LOOKS = { light: SIZES, dark: [SMALL], te: [SMALL] };
const CHOSEN = unusualPassword();
const SET_BY_CODE = unusualPassword();

let desk;
let mail;
let postgres;
let server;
let station;
const step = startStory(() => station);

before(async () => {
  desk = await setUpDesk();
  mail = await startMailSink();
  postgres = await startPostgres();
  server = await startServer({ folder: desk.folder, databaseUrl: postgres.url(), env: mail.env, prepare: true });
  station = await startStation(desk, { env: { VIRUJ_SERVER_URL: server.url } });
  await registerStation(station);
});

after(async () => {
  await station?.close();
  await server?.stop();
  await postgres?.stop();
  mail?.stop();
  await desk?.clear();
});

// As another client signs in, somewhere else.
async function signInElsewhere({ email, password }) {
  const answer = await fetch(`${server.url}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return { status: answer.status, body: await answer.json() };
}

async function statusOfMe({ access_token: token }) {
  const answer = await fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  return answer.status;
}

// As an authenticator app makes it (RFC 6238).
function codeOf(secret) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/\s/g, "")]
    .map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

async function openProfile() {
  await station.clickTestId("person-menu");
  await station.clickTestId("menu-profile");
  await station.byTestId("profile");
}

async function changePassword(current, chosen) {
  await station.typeInto("current-password", current);
  await typeTwice(chosen);
  await station.clickTestId("password-submit");
}

async function typeTwice(chosen) {
  await station.typeInto("new-password", chosen);
  await station.typeInto("repeat-password", chosen);
}

step("[SEC-7] a person sees where they are signed in and ends a sign-in that is not theirs any more", async () => {
  const { body: elsewhere } = await signInElsewhere(OPERATOR);
  assert.equal(await statusOfMe(elsewhere), 200);
  await signIn(station, OPERATOR);
  await openProfile();
  await station.waitForText("session-here", "Here, now");
  await station.waitForText("sessions", "Granulation 2");
  await station.screenshots("profile", LOOKS);
  await station.clickTestId(`session-end-${elsewhere.session_id}`);
  await station.waitForNo(`session-${elsewhere.session_id}`);
  assert.equal(await statusOfMe(elsewhere), 401);
});

step("[SEC-10] a password that is tried first is refused, a good one holds and ends every other sign-in", async () => {
  const { body: elsewhere } = await signInElsewhere(OPERATOR);
  await changePassword(OPERATOR.password, "david chen pharma 1");
  await station.waitForAttribute("password-error", "data-code", "password_too_personal");
  await changePassword("not the present one", CHOSEN);
  await station.waitForAttribute("password-error", "data-code", "wrong_password");
  await changePassword(OPERATOR.password, CHOSEN);
  await station.byTestId("password-changed");
  await station.screenshots("profile-changed", { light: [SMALL] });
  assert.equal(await statusOfMe(elsewhere), 401);
  await signOut(station);
  await signIn(station, OPERATOR);
  await station.waitForText("sign-in-error", "wrong");
  await signIn(station, { ...OPERATOR, password: CHOSEN });
  await station.waitForText("person-name", OPERATOR.name);
});

step("language and theme are chosen in the account and hold", async () => {
  await openProfile();
  await station.clickTestId("language-te");
  await station.waitForText("profile", "నా ఖాతా");
  await station.clickTestId("language-en");
  await station.waitForText("profile", "My account");
  await station.clickTestId("theme-dark");
  await station.waitForAttribute("theme-dark", "aria-checked", "true");
  await station.clickTestId("theme-light");
  await station.waitForAttribute("theme-light", "aria-checked", "true");
  await signOut(station);
});

step("[P11-200-3] a one-time password lets in once and nowhere but to a password of one's own", async () => {
  const said = serverCommand(["admin", "reset-password", "--email", ADMINISTRATOR.email], server.env);
  const password = /: (\S+)\s*$/.exec(said)[1];
  await signIn(station, { ...ADMINISTRATOR, password });
  await station.byTestId("forced-change");
  await station.screenshots("forced-change", LOOKS);
  const again = await signInElsewhere({ ...ADMINISTRATOR, password });
  assert.deepEqual([again.status, again.body.code], [403, "one_time_password_used"]);
  await changePassword(password, CHOSEN);
  await station.byTestId("shell");
  await station.waitForText("person-name", ADMINISTRATOR.name);
  await signOut(station);
});

step("[SEC-10] a code by mail sets a new password", async () => {
  await station.typeInto("sign-in-email", OPERATOR.email);
  await station.clickTestId("sign-in-forgotten");
  await station.byTestId("forgotten");
  await station.screenshots("forgotten", LOOKS);
  await station.clickTestId("forgotten-submit");
  const message = await mail.nextMessage();
  assert.deepEqual(message.to, [OPERATOR.email]);
  const [code] = /\b[a-z0-9]{5}-[a-z0-9]{5}\b/.exec(message.text);
  await station.typeInto("forgotten-code", "aaaaa-aaaaa");
  await typeTwice(SET_BY_CODE);
  await station.clickTestId("forgotten-set");
  await station.waitForAttribute("forgotten-refused", "data-code", "reset_code_invalid");
  await station.screenshots("forgotten-code", { light: [SMALL], te: [SMALL] });
  await station.typeInto("forgotten-code", code);
  await station.clickTestId("forgotten-set");
  await station.clickTestId("forgotten-sign-in");
  await signIn(station, { ...OPERATOR, password: SET_BY_CODE });
  await station.waitForText("person-name", OPERATOR.name);
});

step(
  "[SEC-9] a second factor is taken up in the account and asked for at sign-in; a recovery code works once",
  async () => {
    await openProfile();
    await station.typeInto("second-factor-password", SET_BY_CODE);
    await station.clickTestId("second-factor-submit");
    const secret = await station.textOf("second-factor-secret");
    await station.screenshots("second-factor", LOOKS);
    await station.typeInto("second-factor-code", "000000");
    await station.clickTestId("second-factor-confirm");
    await station.waitForAttribute("second-factor-refused", "data-code", "second_factor_wrong");
    const first = codeOf(secret);
    await station.typeInto("second-factor-code", first);
    await station.clickTestId("second-factor-confirm");
    const recovery = (await station.textOf("recovery-codes")).match(/\w{5}-\w{5}/g);
    assert.equal(recovery.length, 10);
    await station.screenshots("recovery-codes", { light: [SMALL], te: [SMALL] });
    await station.clickTestId("recovery-done");
    await station.waitForText("second-factor-on", "10");
    await signOut(station);
    await signIn(station, { ...OPERATOR, password: SET_BY_CODE });
    // The code that confirmed the device is used.
    await station.typeInto("sign-in-code", first);
    await station.screenshots("sign-in-code", { light: [SMALL], te: [SMALL] });
    await station.clickTestId("sign-in-submit");
    await station.waitForText("sign-in-error", "used");
    await station.typeInto("sign-in-code", recovery[0]);
    await station.clickTestId("sign-in-submit");
    await station.waitForText("person-name", OPERATOR.name);
    await openProfile();
    await station.waitForText("second-factor-on", "9");
    await signOut(station);
  },
);

step("[P11-300c] an administrator removes the second factor of somebody who has lost the device", async () => {
  await signIn(station, { ...ADMINISTRATOR, password: CHOSEN });
  await station.waitForText("person-name", ADMINISTRATOR.name);
  await station.clickTestId("menu-users");
  await station.typeInto("users-search", OPERATOR.email);
  await station.clickTestId(`user-row-${OPERATOR.email}`);
  await station.byTestId("user-factor");
  await station.screenshots("user-second-factor", { light: SIZES, te: [SMALL] });
  await station.clickTestId("user-remove-factor");
  await station.typeInto("change-reason", "The phone is lost.");
  await station.screenshots("user-remove-second-factor", { light: [SMALL] });
  await station.clickTestId("user-act");
  await station.waitForNo("user-action");
  await station.waitForNo("user-factor");
  await station.clickTestId("user-sheet-close");
  await signOut(station);
  await signIn(station, { ...OPERATOR, password: SET_BY_CODE });
  await station.waitForText("person-name", OPERATOR.name);
});
