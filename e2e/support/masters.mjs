// A master batch record that two people bring to life over the interface, for stories that begin with an effective one.
import crypto from "node:crypto";

// `station` is the id of a registered one: signatures are given at a station.
export async function makeMasterEffective(server, { procedure, plant = "plant-a", station, author, approver }) {
  const writing = await signInTo(server, author);
  const approving = await signInTo(server, approver);
  const drafted = await ask(server, writing, "POST", "", { plant_id: plant, procedure, reason: "First version" });
  const submitted = await sign(server, writing, "submit", drafted, station, author);
  const approved = await sign(server, approving, "approve", submitted, station, approver);
  return ask(server, approving, "POST", `/${approved.row.id}/make-effective`, { reason: "From now on" }, approved);
}

async function sign(server, token, step, record, station, { email, password }) {
  const signature = {
    signature_id: crypto.randomUUID(),
    station_id: station,
    content_hash: record.content_hash,
    reason: "As it should be",
    shown_text: `I sign version ${record.row.version}.`,
    language: "en",
    time_zone: "Asia/Kolkata",
    email,
    password,
  };
  return ask(server, token, "POST", `/${record.row.id}/${step}`, signature, record);
}

async function signInTo(server, { email, password }) {
  const answer = await fetch(`${server.url}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return (await read(answer)).access_token;
}

async function ask(server, token, method, path, body, record) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  if (record) headers["if-match"] = `"${record.row.revision}"`;
  const answer = await fetch(`${server.url}/api/v1/master-records${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  });
  return read(answer);
}

async function read(answer) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
