// A station written from docs/sync-protocol.md alone: it registers, signs in by its key, has a statement attested and
// pushes one envelope.
import crypto from "node:crypto";

const NOBODY_BEFORE = "0".repeat(64);

export async function openOtherStation(server, { plant, name, administrator }) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync("ed25519");
  const station = { id: crypto.randomUUID(), seq: 1, previous: NOBODY_BEFORE };
  // The last 32 bytes of the encoded key are the key (RFC 8410).
  const bytes = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const sign = (tag, message) => crypto.sign(null, Buffer.concat([Buffer.from(`${tag}\0`), message]), privateKey);

  const admin = await signInTo(server, administrator);
  await post(server, "/api/v1/stations", admin, {
    station_id: station.id,
    name,
    plant_id: plant,
    public_key: bytes.toString("base64"),
    program_version: "0.1.0",
  });

  async function token() {
    const { challenge } = await post(server, "/api/v1/stations/challenge", null, {});
    const session = await post(server, "/api/v1/stations/sessions", null, {
      station_id: station.id,
      challenge,
      signature: sign("viruj-station-challenge-v1", Buffer.from(challenge)).toString("base64"),
      program_version: "0.1.0",
    });
    return session.access_token;
  }

  async function push(statement, person) {
    const envelope = canonical({
      format: 1,
      station_id: station.id,
      station_seq: station.seq,
      prev_hash: station.previous,
      recorded_at: statement.stated_at,
      monotonic_ms: 1,
      boot_id: "other-station",
      statement: canonical(statement).toString("base64"),
      person,
    });
    const signed = {
      envelope: envelope.toString("base64"),
      algorithm: "ed25519",
      signature: sign("viruj-envelope-v1", envelope).toString("base64"),
    };
    const answer = await post(server, "/api/v1/sync/push", await token(), { envelopes: [signed] });
    station.seq += 1;
    station.previous = crypto.createHash("sha256").update(envelope).digest("hex");
    return answer.verdicts[0];
  }

  // Somebody confirms a step and signs it; the server sees the password.
  async function confirm({ person, personId, batchId, phase, version, masterRecord }) {
    const statement = {
      format: 1,
      operation_id: uuid7(),
      person_id: personId,
      plant_id: plant,
      batch_id: batchId,
      action: { kind: "phase.entry", phase_id: phase, base_version: version, entry: { type: "confirmed" } },
      master_record: masterRecord,
      meaning: "performed",
      shown_text: "I performed this step as instructed.",
      language: "en",
      stated_at: new Date().toISOString(),
      time_zone: "Asia/Kolkata",
    };
    const attested = await post(server, "/api/v1/signatures/attest", await signInTo(server, person), {
      station_id: station.id,
      statement: canonical(statement).toString("base64"),
      email: person.email,
      password: person.password,
    });
    return push(statement, attested.person);
  }

  // Somebody takes a batch to this station that another one has.
  async function takeOver({ person, batchId, reason }) {
    const lease = { station_id: station.id, reason };
    return post(server, `/api/v1/batches/${batchId}/leases/transfer`, await signInTo(server, person), lease);
  }

  return { confirm, takeOver };
}

// RFC 8785, as far as a statement needs it: members in order, no spaces, integers and text only.
function canonical(value) {
  const write = (part) => {
    if (Array.isArray(part)) return `[${part.map(write).join(",")}]`;
    if (part !== null && typeof part === "object") {
      const members = Object.keys(part).filter((name) => part[name] !== undefined);
      return `{${members
        .sort()
        .map((name) => `${JSON.stringify(name)}:${write(part[name])}`)
        .join(",")}}`;
    }
    return JSON.stringify(part);
  };
  return Buffer.from(write(value));
}

function uuid7() {
  const bytes = crypto.randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = bytes.toString("hex");
  return [0, 8, 12, 16, 20].map((from, part) => digits.slice(from, [8, 12, 16, 20, 32][part])).join("-");
}

async function signInTo(server, { email, password }) {
  return (await post(server, "/api/v1/sessions", null, { email, password })).access_token;
}

async function post(server, path, token, body) {
  const headers = { "content-type": "application/json" };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(`${server.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
