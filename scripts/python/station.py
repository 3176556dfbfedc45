"""A station that is written from docs/sync-protocol.md and the OpenAPI document alone.

It shares no line with the program: what it cannot do with those two, nobody else could do.
Takes the server's address; prints `ok NAME` or `not ok NAME: why` for each part.
"""

import base64
import hashlib
import json
import sys
import time
import traceback
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SERVER = sys.argv[1]
PLANT = "plant-a"
ADMINISTRATOR = ("admin@pharma.com", "demo123")


def call(method, path, token=None, body=None, raw=False):
    """The status and the answer; JSON both ways."""
    request = urllib.request.Request(SERVER + path, method=method)
    request.add_header("Accept", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    data = None
    if body is not None:
        request.add_header("Content-Type", "application/json")
        data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, data, timeout=30) as answer:
            text = answer.read()
            return answer.status, text if raw else json.loads(text or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def given(status, answer):
    assert 200 <= status < 300, f"{status}: {answer}"
    return answer


def base64_of(data):
    return base64.b64encode(data).decode()


def canonical(value):
    """RFC 8785 for what the protocol has in it: texts, integers, lists and objects."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_id():
    """UUIDv7 (RFC 9562)."""
    random = uuid.uuid4().int
    milliseconds = int(time.time() * 1000)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | (random >> 64 & 0xFFF) << 64 | 2 << 62 | random & (1 << 62) - 1))


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Station:
    def __init__(self):
        self.id = str(uuid.uuid4())
        self.key = Ed25519PrivateKey.generate()
        self.seq = 0
        self.hash = "0" * 64
        self.server_keys = {}
        self.token = None

    def sign(self, tag, data):
        return base64_of(self.key.sign(tag.encode() + b"\0" + data))

    def register(self):
        session = given(*call("POST", "/api/v1/sessions", body=dict(zip(("email", "password"), ADMINISTRATOR))))
        body = {
            "station_id": self.id,
            "name": "Written from the document",
            "plant_id": PLANT,
            "public_key": base64_of(public(self.key)),
            "program_version": "0.1.0",
        }
        registered = given(*call("POST", "/api/v1/stations", session["access_token"], body))
        for known in registered["server"]["signing_keys"]:
            key = base64.b64decode(known["public_key"])
            assert known["key_id"] == hashlib.sha256(key).hexdigest()[:16], "the id of a key follows from it"
            self.server_keys[known["key_id"]] = Ed25519PublicKey.from_public_bytes(key)

    def sign_in(self):
        challenge = given(*call("POST", "/api/v1/stations/challenge"))["challenge"]
        body = {
            "station_id": self.id,
            "challenge": challenge,
            "signature": self.sign("viruj-station-challenge-v1", challenge.encode()),
            "program_version": "0.1.0",
        }
        self.token = given(*call("POST", "/api/v1/stations/sessions", body=body))["access_token"]

    def verified(self, tag, data, key_id, signature):
        self.server_keys[key_id].verify(base64.b64decode(signature), tag.encode() + b"\0" + data)

    def check_time(self, server_time):
        text, key_id, signature = server_time["token"].rsplit(".", 2)
        padded = signature.replace("-", "+").replace("_", "/") + "=" * (-len(signature) % 4)
        self.verified("viruj-time-v1", text.encode(), key_id, padded)

    def snapshot(self, feed):
        rows, resume, cursor = [], None, None
        while True:
            query = f"?resume={resume}" if resume else ""
            text = given(*call("GET", f"/api/v1/sync/feeds/{feed}/snapshot{query}", self.token, raw=True))
            lines = text.splitlines(keepends=True)
            end = json.loads(lines[-1])
            assert end["kind"] == "end"
            end = end["row"]
            assert hashlib.sha256(b"".join(lines[:-1])).hexdigest() == end["sha256"]
            assert end["rows"] == len(lines) - 1
            rows += [json.loads(line) for line in lines[:-1]]
            assert end["sent"] == len(rows)
            assert cursor in (None, end["cursor"])
            cursor, resume = end["cursor"], end.get("next")
            self.check_time(end["server_time"])
            if resume is None:
                assert len(rows) == end["expected"]
                return rows, cursor

    def pull(self, cursor):
        query = f"after={cursor['seq']}&epoch={cursor['feed_epoch']}"
        page = given(*call("GET", f"/api/v1/sync/feeds/{cursor['feed']}?{query}", self.token))
        places = [entry["seq"] for entry in page["entries"]]
        assert places == list(range(cursor["seq"] + 1, cursor["seq"] + 1 + len(places)))
        self.check_time(page["server_time"])
        return page

    def statement(self, person, batch, action, **more):
        return {
            "format": 1,
            "operation_id": new_id(),
            "person_id": person,
            "plant_id": PLANT,
            "batch_id": batch["id"],
            "action": action,
            "shown_text": "I performed this step as instructed.",
            "language": "en",
            "stated_at": now(),
            "time_zone": "Asia/Kolkata",
            **({"master_record": batch["master_record"]} if batch.get("master_record") else {}),
            **more,
        }

    def envelope(self, statement, person=None, lease=None):
        self.seq += 1
        envelope = {
            "format": 1,
            "station_id": self.id,
            "station_seq": self.seq,
            "prev_hash": self.hash,
            "recorded_at": now(),
            "monotonic_ms": int(time.monotonic() * 1000),
            "boot_id": "python",
            "statement": base64_of(canonical(statement)),
            "person": person or {"method": "none"},
            **({"lease": lease["lease_id"], "fence": lease["fence"]} if lease else {}),
        }
        data = canonical(envelope)
        self.hash = hashlib.sha256(data).hexdigest()
        return {"envelope": base64_of(data), "algorithm": "ed25519", "signature": self.sign("viruj-envelope-v1", data)}

    def push(self, envelopes):
        answer = given(*call("POST", "/api/v1/sync/push", self.token, {"envelopes": envelopes}))
        self.check_time(answer["server_time"])
        return answer


def entry_of(phase):
    """What is recorded for a phase; `None` for one that this station does not know how to execute."""
    kind = phase["definition"]["kind"]
    if kind["type"] == "confirmation":
        return {"type": "confirmed"}
    if kind["type"] in ("value", "in_process_check") and "device" not in kind:
        value = kind.get("target") or kind.get("low") or kind.get("high")
        return {"type": "number", "value": value, "unit": kind["unit"]} if value else None
    if kind["type"] == "sample_request":
        return {"type": "sample_requested", "container": "S-1"}
    return None


def ways_to_a_signature(batches, phases):
    """Of each batch that is executed, its open phases up to the first that is signed, if all can be executed."""
    for id, batch in batches.items():
        if batch["status"] != "In Progress":
            continue
        own = sorted((phase for phase in phases if phase["batch_id"] == id), key=lambda phase: phase["number"])
        open_ones = [phase for phase in own if phase["status"] == "Pending"]
        signed = next((at for at, phase in enumerate(open_ones) if phase["definition"].get("signature")), None)
        if signed is not None and all(entry_of(phase) for phase in open_ones[: signed + 1]):
            yield id, open_ones[: signed + 1]


class Story:
    """The parts in their order; each leans on those before."""

    def __init__(self):
        self.station = Station()

    def registers_and_signs_in_by_its_key(self):
        self.station.register()
        self.station.sign_in()
        status, _ = call("GET", "/api/v1/users", self.station.token)
        assert status in (401, 403), "a station's token does nothing else"

    def reads_a_snapshot_and_goes_on_from_it(self):
        people, _ = self.station.snapshot("system")
        self.rows, self.cursor = self.station.snapshot(PLANT)
        assert self.station.pull(self.cursor)["entries"] == []
        self.people = [row["row"] for row in people if row["kind"] == "person"]
        assert {row["kind"] for row in self.rows} >= {"batch", "phase"}
        operators = (one for one in self.people if one["role"] == "Production Operator" and one["is_active"])
        self.operator = next(one for one in operators if PLANT in one["plant_ids"] or one["sees_all_plants"])
        batches = {row["row"]["id"]: row["row"] for row in self.rows if row["kind"] == "batch"}
        phases = [row["row"] for row in self.rows if row["kind"] == "phase"]
        # Of the batches that can be gone on with, the one with the fewest phases before one that is signed.
        self.batch, self.phases = min(
            ((batches[id], way) for id, way in ways_to_a_signature(batches, phases)), key=lambda found: len(found[1])
        )

    def leases_the_batch(self):
        email = self.operator["email"]
        session = given(*call("POST", "/api/v1/sessions", body={"email": email, "password": "demo123"}))
        self.person_token = session["access_token"]
        path = f"/api/v1/batches/{self.batch['id']}/leases"
        signed = given(*call("POST", path, self.person_token, {"station_id": self.station.id}))
        data = base64.b64decode(signed["lease"])
        self.station.verified("viruj-lease-v1", data, signed["key_id"], signed["signature"])
        self.lease = json.loads(data)
        assert canonical(self.lease) == data
        assert (self.lease["station_id"], self.lease["batch_id"]) == (self.station.id, self.batch["id"])

    def records_a_remark_that_is_accepted_and_known_again(self):
        action = {"kind": "batch.comment", "text": "Noise from the gear – “left”."}
        self.remark = self.station.envelope(self.station.statement(self.operator["id"], self.batch, action))
        first = self.station.push([self.remark])
        assert first["verdicts"][0]["verdict"] == {"verdict": "accepted"}, first
        again = self.station.push([self.remark])
        assert again["verdicts"] == first["verdicts"], "a verdict never changes"

    def executes_phases_up_to_one_that_a_key_of_its_own_signs(self):
        person = Ed25519PrivateKey.generate()
        said = f"{self.operator['id']}\n{self.station.id}".encode()
        body = {
            "station_id": self.station.id,
            "public_key": base64_of(public(person)),
            "possession": base64_of(person.sign(b"viruj-person-key-possession-v1\0" + said)),
            "password": "demo123",
        }
        certificate = given(*call("POST", "/api/v1/me/person-keys", self.person_token, body))
        data = base64.b64decode(certificate["certificate"])
        self.station.verified("viruj-person-key-v1", data, certificate["key_id"], certificate["signature"])
        envelopes, operations = [], []
        for phase in self.phases:
            action = {
                "kind": "phase.entry",
                "phase_id": phase["id"],
                "base_version": phase["version"],
                "entry": entry_of(phase),
            }
            meaning = phase["definition"].get("signature")
            more = {"meaning": meaning} if meaning else {}
            statement = self.station.statement(self.operator["id"], self.batch, action, **more)
            signature = person.sign(b"viruj-statement-v1\0" + canonical(statement))
            slot = {"method": "person_key", "certificate": certificate, "signature": base64_of(signature)}
            envelopes.append(self.station.envelope(statement, slot if meaning else None, self.lease))
            operations.append(statement["operation_id"])
        assert self.phases[-1]["definition"]["signature"] == "performed"
        verdicts = [given["verdict"] for given in self.station.push(envelopes)["verdicts"]]
        assert verdicts == [{"verdict": "accepted"}] * len(envelopes), verdicts
        told = [entry["change"] for entry in self.station.pull(self.cursor)["entries"]]
        entries = {change["row"]["operation_id"]: change["row"] for change in told if change["kind"] == "entry"}
        assert all(entries[operation]["is_effective"] for operation in operations)
        assert entries[operations[-1]]["signature"]["person_id"] == self.operator["id"]

    def is_stopped_where_its_chain_is_in_doubt(self):
        seq, chain = self.station.seq, self.station.hash
        action = {"kind": "batch.comment", "text": "Another one."}

        def remark():
            return self.station.statement(self.operator["id"], self.batch, action)

        self.station.seq += 1
        gap = self.station.push([self.station.envelope(remark())])["stopped"]
        assert (gap["code"], gap["expected_seq"]) == ("sequence_gap", seq + 1), gap
        self.station.seq, self.station.hash = seq, "1" * 64
        fork = self.station.push([self.station.envelope(remark())])["stopped"]
        assert fork["code"] == "chain_fork", fork
        self.station.seq, self.station.hash = seq, chain
        wrong = self.station.envelope(remark())
        wrong["signature"] = base64_of(bytes(64))
        assert self.station.push([wrong])["stopped"]["code"] == "bad_signature"

    def hears_of_news(self):
        request = urllib.request.Request(SERVER + "/api/v1/sync/heads")
        request.add_header("Authorization", f"Bearer {self.station.token}")
        with urllib.request.urlopen(request, timeout=30) as events:
            assert events.readline().strip() == b"event: heads"
            heads = json.loads(events.readline().decode().removeprefix("data:"))["heads"]
        assert {head["feed"] for head in heads} == {"system", PLANT}

    def begins_again_where_a_cursor_is_gone(self):
        for cursor in ({**self.cursor, "seq": 10**9}, {**self.cursor, "feed_epoch": str(uuid.uuid4())}):
            query = f"after={cursor['seq']}&epoch={cursor['feed_epoch']}"
            status, problem = call("GET", f"/api/v1/sync/feeds/{PLANT}?{query}", self.station.token)
            assert (status, problem["code"]) == (410, "cursor_gone"), problem


def main():
    story = Story()
    parts = [name for name in vars(Story) if not name.startswith("_")]
    for name in parts:
        try:
            getattr(story, name)()
            print(f"ok {name.replace('_', ' ')}")
        except (AssertionError, InvalidSignature, KeyError, StopIteration, AttributeError, OSError) as error:
            traceback.print_exc()
            print(f"not ok {name.replace('_', ' ')}: {error!r}")


main()
